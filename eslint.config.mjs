import js from '@eslint/js';
import angular from 'angular-eslint';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { boundaryConfigs } from './tools/boundaries.mjs';

const noExportAll = { selector: 'ExportAllDeclaration', message: 'Name what is exported: a package shows its surface in one place.' };
const noEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Only libs/service-kit reads the environment: take what you need as an argument.',
};

const typescript = {
  extends: [js.configs.recommended, ...tseslint.configs.strictTypeChecked],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/consistent-type-imports': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    eqeqeq: 'error',
    'no-restricted-syntax': ['error', noExportAll],
  },
};

export default defineConfig(
  globalIgnores(['**/node_modules/', '**/dist/', '**/.angular/', '.nx/', '.perfwatch/', 'libs/testing/fixtures/']),
  { files: ['**/*.ts'], ignores: ['dashboard/**'], ...typescript },
  {
    files: ['dashboard/src/**/*.ts'],
    ...typescript,
    extends: [...typescript.extends, ...angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
  },
  { files: ['dashboard/src/**/*.ts'], rules: { '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }] } },
  { files: ['dashboard/src/**/*.html'], extends: [...angular.configs.templateRecommended, ...angular.configs.templateAccessibility] },
  {
    files: ['libs/**/*.ts', 'services/**/*.ts', 'gateway/**/*.ts'],
    ignores: ['libs/service-kit/**', 'services/launcher/src/main.ts', '**/*.spec.ts', 'libs/testing/**'],
    rules: { 'no-restricted-syntax': ['error', noExportAll, noEnvironment] },
  },
  {
    files: ['**/*.spec.ts', 'e2e/**/*.ts', 'libs/testing/**/*.ts'],
    rules: { '@typescript-eslint/no-empty-function': 'off', '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: {
        AbortSignal: 'readonly',
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
      },
    },
  },
  ...boundaryConfigs(import.meta.dirname),
);

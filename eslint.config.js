import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import { defineConfig, globalIgnores } from 'eslint/config'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/** Ranks 0 to 2: values in, values out. Time and chance come in as `Clock` and `Random`. */
const pure = 'src/{core,identity,snapshot,erasure,durability,market,protocol}/**/*.ts'

const clock = 'Take a Clock: rules must give the same answer in a test as on a Tuesday.'
const random = 'Take a Random: chance must be decidable by a test.'
const io = 'Ranks 0 to 2 do no I/O.'

const text = 'No text in markup: put it into src/app/messages and show it with t().'
const spoken = ['alt', 'aria-label', 'aria-description', 'label', 'placeholder', 'title']

/**
 * What a person reads comes from the catalog of their language.
 * @type {import('eslint').Rule.RuleModule}
 */
const noTextInMarkup = {
  create(context) {
    /** @typedef {{ type: string, value: string, loc: import('eslint').AST.SourceLocation }} Part */
    /** @param {Part} part */
    const check = ({ value, loc }) => {
      if (/\p{L}/u.test(value)) context.report({ loc, message: text })
    }
    const listeners = {
      /** @param {Part & { parent: { type: string } }} node */
      SvelteText(node) {
        if (!['SvelteStyleElement', 'SvelteScriptElement'].includes(node.parent.type)) check(node)
      },
      /** @param {{ key: { name: string }, value: readonly Part[] }} node */
      SvelteAttribute({ key, value }) {
        if (!spoken.includes(key.name)) return
        for (const part of value) if (part.type === 'SvelteLiteral') check(part)
      },
    }
    // The types of ESLint know the nodes of JavaScript alone.
    return /** @type {import('eslint').Rule.RuleListener} */ (/** @type {unknown} */ (listeners))
  },
}

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'test-results/', 'playwright-report/', '.*/']),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: { allowDefaultProject: ['.dependency-cruiser.cjs'] },
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Sizes, counts and bigints are what most of our sentences are made of.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => socket.close()` as a callback says what it means.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A parser of branded ids is generic in its result alone.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'eqeqeq': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    files: [pure],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: clock },
        { name: 'performance', message: clock },
        ...['setTimeout', 'setInterval'].map((name) => ({ name, message: clock })),
        ...['fetch', 'WebSocket', 'indexedDB', 'localStorage', 'navigator', 'process'].map((name) => ({
          name,
          message: io,
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: random },
        { object: 'crypto', property: 'getRandomValues', message: random },
        { object: 'crypto', property: 'randomUUID', message: random },
      ],
    },
  },
  {
    files: ['src/ui/**/*.svelte'],
    plugins: { keeptab: { rules: { 'no-text-in-markup': noTextInMarkup } } },
    rules: { 'keeptab/no-text-in-markup': 'error' },
  },
  {
    // dependency-cruiser does not see type imports in a .svelte file, so the rule for views stands here once more.
    files: ['src/ui/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(\\.\\./)+(?!app/|core/|parts/)[a-z-]+/', message: 'Views see only app and core.' }] },
      ],
    },
  },
  {
    // Programs that speak to a terminal do it through the console.
    files: ['headless/**', 'tests/**', 'signaling/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['.dependency-cruiser.cjs'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
  },
)

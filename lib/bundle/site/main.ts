/** Process that builds the pages of one service: `main.ts SERVICE_FOLDER INTO_FOLDER`. */
import { build } from 'vite';
import { doorsForBrowsers } from './doors-for-browsers.ts';
import { pageShells } from './page-shells.ts';

const [service, folder] = process.argv.slice(2);
if (!service || !folder) throw new Error('usage: main.ts SERVICE_FOLDER INTO_FOLDER');

// What ships is never a build for development, whatever the shell says: that one is twice as large and holds paths of this machine.
process.env['NODE_ENV'] = 'production';
await build({
  root: service,
  // One way to build every site: none has a file of its own that says otherwise.
  configFile: false,
  envDir: false,
  logLevel: 'silent',
  // A linked node_modules, as in a review of two commits, gives the same files as one that lies there.
  resolve: { preserveSymlinks: true },
  plugins: [doorsForBrowsers(), pageShells(service)],
  build: {
    outDir: folder,
    emptyOutDir: true,
    // Inlined fonts and pictures would need `data:` in the security policy, and are downloaded again with every change.
    assetsInlineLimit: 0,
    // Its inline script has no place in the security policy; browsers that lack it load the same files a little later.
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.txt' },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What the first page imports comes as one file: split by who else imports it, it takes 3 % more bytes and a request each.
        codeSplitting: { groups: [{ name: 'first', tags: ['$initial'] }] },
      },
    },
  },
}).catch((problem: Error) => {
  process.stderr.write(`${problem.message.trim()}\n`);
  process.exitCode = 1;
});

// Builds every bundle into OUT (default: app/web/static). The same sources give the same bytes.
// Usage: node build.mjs [OUT]

import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../app/web/static"));

/** GraphiQL's style carries two typefaces as base64, 360 KB; ours are the system's. */
const withoutWebFonts = {
  name: "without-web-fonts",
  setup(bundler) {
    bundler.onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path }) => {
      const css = await readFile(path, "utf8");
      return { contents: css.replace(/@font-face\s*\{[^}]*\}/g, ""), loader: "css" };
    });
  },
};

/** The folder of the package a bundled file came from, or null for our own files. */
function packageOf(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match === null ? null : match[1];
}

/** Name, version and licence text of one package. */
async function licenceOf(folder) {
  const about = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
  const files = (await readdir(join(here, folder))).sort();
  const file = files.find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text = file === undefined ? "" : await readFile(join(here, folder, file), "utf8");
  const terms = text.replace(/\r\n/g, "\n").trim() || "(the package brings no licence file)";
  return `${about.name} ${about.version} (${about.license ?? "see below"})\n\n${terms}\n`;
}

/** One text with the licences of everything in the bundle, in the order of their names. */
async function licences(metafile) {
  const folders = Object.keys(metafile.inputs).map(packageOf).filter((folder) => folder !== null);
  const texts = await Promise.all([...new Set(folders)].sort().map(licenceOf));
  const rule = `\n${"-".repeat(72)}\n\n`;
  return `This bundle contains the following works, each under its own licence.\n${rule}${texts.join(rule)}`;
}

const banner = "/*! Obole, MIT. Licences of what is bundled: LICENSES.txt beside this file. */";

/** One folder of OUT: a script, its style, and the licences of what is in them. */
async function bundle(name, entry, settings = {}) {
  const folder = join(out, name);
  await mkdir(folder, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: { [name]: entry },
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    charset: "utf8",
    legalComments: "none",
    banner: { js: banner, css: banner },
    metafile: true,
    logLevel: "warning",
    ...settings,
  });
  await writeFile(join(folder, "LICENSES.txt"), await licences(metafile));
}

await bundle("graphiql", "src/graphiql/main.tsx", {
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [withoutWebFonts],
});
await bundle("wall", "src/wall/main.ts");

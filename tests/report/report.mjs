// SPDX-License-Identifier: MIT
// SPDX-FileCopyrightText: The wfpwatch authors
//
// report.mjs CHROMIUM URL: what a person does with the report; fails with what is wrong.
import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {chromium} from 'playwright-core';

const [executablePath, url] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});

// A page, and what it says or asks for that it should not. axe itself is put past the page's policy.
async function open(options) {
  const context = await browser.newContext({bypassCSP: true, ...options});
  const page = await context.newPage();
  const told = [];
  page.on('console', m => told.push(m.text()));
  page.on('pageerror', e => told.push(String(e)));
  page.on('request', r => r.url() !== url && told.push(r.url()));
  await page.goto(url);
  return {page, told, context};
}

const shown = page => page.locator('article:visible').count();

for (const width of [360, 800, 1400]) {
  for (const colorScheme of ['light', 'dark']) {
    const {page, told, context} = await open({viewport: {width, height: 900}, colorScheme});
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${width}: the page is ${wide} wide`);
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => axe.run());
    assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes[0].html}`), [], `${width} ${colorScheme}`);
    assert.deepEqual(told, []);
    await page.screenshot({path: `report-${width}-${colorScheme}.png`});
    await context.close();
  }
}

// With its own policy in force: what it may do works, and nothing else has happened.
const {page, told} = await open({bypassCSP: false, viewport: {width: 1000, height: 900}});
assert.equal(await page.title(), 'What Windows blocked, and why');
assert.equal(await page.locator('img').count(), 0);
const all = await shown(page);
assert.ok(all > 20);
await page.getByLabel('Words').fill('agent.exe');
const agents = await shown(page);
assert.ok(agents > 0 && agents < all);
assert.match(await page.locator('#shown').textContent(), new RegExp(`^${agents} of ${all} shown$`));
await page.getByLabel('Words').fill('agent.exe no-such-word');
assert.equal(await shown(page), 0);
await page.getByRole('button', {name: 'Show all'}).click();
assert.equal(await shown(page), all);
await page.getByRole('button', {name: 'blocked'}).click();
const blocked = await shown(page);
assert.equal(blocked, await page.locator('article[data-v=blocked]').count());
await page.getByRole('button', {name: 'dropped'}).click();
assert.equal(await shown(page), blocked + await page.locator('article[data-v=dropped]').count());
await page.getByRole('button', {name: 'Show all'}).click();
await page.getByLabel('Reason').selectOption('default_outbound');
assert.equal(await shown(page), await page.locator('article[data-r=default_outbound]').count());
assert.deepEqual(told, []);

// Without scripts everything is there to be read, and no control that does nothing.
const still = await open({javaScriptEnabled: false});
assert.equal(await shown(still.page), all);
assert.equal(await still.page.locator('.find:visible').count(), 0);

// On paper, too.
await page.pdf({path: 'report.pdf'});
await browser.close();
console.log(`three widths, light and dark, ${all} stories: all is well`);

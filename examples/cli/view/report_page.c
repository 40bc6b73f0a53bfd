/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: The wfpwatch authors
 *
 * What is the same in every report: how it looks, and what searching does. */
#include "view/report.h"

const char *const report_style[] = {
    ":root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--soft:#57606a;--line:#d0d7de;"
    "--card:#f6f8fa;--refused:#b42318;--bar:#0969da;--focus:#0550ae}\n",
    "@media(prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--soft:#9ea7b3;"
    "--line:#3d444d;--card:#161b22;--refused:#ff8a80;--bar:#58a6ff;--focus:#79c0ff}}\n",
    "*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);"
    "font:16px/1.5 system-ui,sans-serif}\n"
    "header,main,footer{max-width:72rem;margin:0 auto;padding:1rem}h1{margin:.5rem 0 0}\n"
    "h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.25rem 0}.soft{color:var(--soft)}\n",
    ".grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));"
    "gap:0 2rem}\n"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem .4rem;font-weight:400;"
    "border-bottom:1px solid var(--line);overflow-wrap:anywhere}\n"
    "thead th{color:var(--soft);font-size:.85rem}.n{width:5.5rem;text-align:right;"
    "font-variant-numeric:tabular-nums}.bar{width:25%}\n"
    ".bar svg{display:block;width:100%;height:.6rem;margin-top:.45rem}"
    "rect{fill:var(--bar)}.when{display:block;width:100%;height:7rem;background:var(--card);"
    "border:1px solid var(--line)}\n",
    ".ends{display:flex;justify-content:space-between;flex-wrap:wrap;gap:0 1rem;"
    "font-size:.85rem;color:var(--soft)}\n"
    ".find{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.5rem 0}"
    ".find[hidden]{display:none}label{display:block;font-size:.85rem}\n"
    "input,select,button{font:inherit;color:inherit;background:var(--back);"
    "border:1px solid var(--soft);border-radius:.3rem;padding:.3rem .5rem;max-width:100%}\n"
    "button{cursor:pointer}button[aria-pressed=true]{background:var(--text);"
    "color:var(--back)}:focus-visible{outline:3px solid var(--focus);outline-offset:1px}\n",
    "article{background:var(--card);border:1px solid var(--line);border-radius:.4rem;"
    "padding:.6rem .8rem;margin:.6rem 0;break-inside:avoid}article[hidden]{display:none}\n"
    "h3{font-size:1rem;margin:0 0 .3rem}.refused{color:var(--refused)}"
    "dl{display:grid;grid-template-columns:4.5rem 1fr;gap:.1rem .6rem;margin:0}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    "code{font-size:.85em;overflow-wrap:anywhere}.inputs .n{width:8rem}\n",
    "@media(max-width:30rem){dl{grid-template-columns:1fr}.bar{display:none}}\n"
    "@media print{:root{color-scheme:light;--back:#fff;--text:#000;--soft:#444;--line:#999;"
    "--card:#fff;--refused:#900;--bar:#444}.find{display:none}body{font-size:11px}"
    "rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
    NULL};

const char report_script[] =
    "'use strict';\n"
    "(function(){\n"
    "var box=document.querySelector('.find'),text=document.getElementById('text'),"
    "reason=document.getElementById('reason'),shown=document.getElementById('shown');\n"
    "var buttons=Array.from(box.querySelectorAll('button[data-v]')),"
    "stories=Array.from(document.querySelectorAll('article'));\n"
    "var words=stories.map(function(s){return s.textContent.toLowerCase()});\n"
    "function apply(){\n"
    " var asked=text.value.toLowerCase().split(/\\s+/).filter(Boolean),count=0;\n"
    " var verdicts=buttons.filter(function(b){return b.getAttribute('aria-pressed')==='true'})"
    ".map(function(b){return b.dataset.v});\n"
    " stories.forEach(function(s,i){\n"
    "  var fits=asked.every(function(w){return words[i].includes(w)})&&"
    "(!verdicts.length||verdicts.includes(s.dataset.v))&&"
    "(!reason.value||reason.value===s.dataset.r);\n"
    "  s.hidden=!fits;count+=fits;\n"
    " });\n"
    " shown.textContent=count+' of '+stories.length+' shown';\n"
    "}\n"
    "buttons.forEach(function(b){b.addEventListener('click',function(){"
    "b.setAttribute('aria-pressed',b.getAttribute('aria-pressed')!=='true');apply()})});\n"
    "text.addEventListener('input',apply);reason.addEventListener('change',apply);\n"
    "document.getElementById('reset').addEventListener('click',function(){text.value='';"
    "reason.value='';buttons.forEach(function(b){b.setAttribute('aria-pressed','false')});"
    "apply()});\n"
    "box.hidden=false;apply();\n"
    "})();\n";

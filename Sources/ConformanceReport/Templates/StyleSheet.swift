extension Templates {
  /// The style sheet: light and dark, screen and paper.
  ///
  /// Text colours keep a contrast of 4.5 to 1 on their ground. Verdicts differ in shape and word, never in colour alone.
  static let styleSheet: StaticString = #"""
    :root{color-scheme:light dark;--ground:#fbfbfa;--card:#fff;--line:#e3e3df;--soft:#f2f2ef;--ink:#1d2023;--dim:#5c636b;--link:#1757a8;
    --pass:#14786a;--note:#0d6f8f;--deviation:#8f5a00;--info:#2d5fa8;--fail:#b8321a;--weak:#5c6612;--flaky:#7444a8;--grey:#636a72;--error:#a01a5e;
    --bar-pass:#54a797;--bad:#fdf0ec;--sent:#2d5fa8;--received:#14786a;--drawer:min(48rem,58vw);
    --mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
    @media screen and (prefers-color-scheme:dark){:root{--ground:#131517;--card:#1a1d20;--line:#2d3236;--soft:#22262a;--ink:#e4e6e8;--dim:#9aa3ab;--link:#82b4f5;
    --pass:#5fc9b4;--note:#62bddb;--deviation:#e0aa52;--info:#8ab4f0;--fail:#ff8a70;--weak:#c0cc66;--flaky:#c4a0f0;--grey:#9aa3ab;--error:#f58bbd;
    --bar-pass:#37816f;--bad:#2c1d19;--sent:#8ab4f0;--received:#5fc9b4}}
    *{box-sizing:border-box}
    html{scroll-padding-top:4rem;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
    font-variant-numeric:tabular-nums}
    .page{max-width:96rem;margin:0 auto;padding:2rem clamp(1rem,3vw,2.5rem) 4rem}
    a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
    :focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
    h1,h2,h3,h4,p,ul,ol,dl,dd{margin:0;padding:0}ul,.problems{list-style:none}
    h1{font-size:1.7rem;font-weight:650;letter-spacing:-.015em;line-height:1.25;overflow-wrap:anywhere}
    h2{font-size:1rem;font-weight:650;margin-bottom:.7rem}
    h3{font-size:.8rem;font-weight:600;color:var(--dim);margin:1rem 0 .4rem}
    h4{font-size:.8rem;font-weight:600;color:var(--dim);margin:0 0 .25rem}
    code,pre,kbd,.id,.problems a,.sections a,.section th{font-family:var(--mono);font-size:.92em}.sections li{align-items:baseline}
    .vh{position:absolute!important;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .skip{position:absolute;left:1rem;top:-4rem;background:var(--card);padding:.5rem 1rem;border:1px solid var(--line);z-index:9}.skip:focus{top:1rem}
    .n{text-align:right;white-space:nowrap}.note{color:var(--dim)}
    main>section,main>.cards{margin-top:2rem}
    .eyebrow{color:var(--dim);font-size:.85rem;margin-bottom:.15rem}
    .lead{margin-top:.5rem;font-size:1.1rem;font-weight:550;color:var(--c);display:flex;align-items:center;gap:.5rem}
    .v-pass{--c:var(--pass);--f:var(--bar-pass)}.v-pass-with-note{--c:var(--note)}.v-deviation{--c:var(--deviation)}.v-informational{--c:var(--info)}
    .v-fail{--c:var(--fail)}.v-weak{--c:var(--weak)}.v-flaky{--c:var(--flaky)}.v-error{--c:var(--error)}
    .v-inconclusive,.v-unsupported,.v-not-run{--c:var(--grey)}
    .b{color:var(--c);white-space:nowrap;font-weight:550}
    .b svg,.lead svg{width:1em;height:1em;margin-right:.4em;vertical-align:-.13em;fill:none;stroke:currentColor;stroke-width:2;
    stroke-linecap:round;stroke-linejoin:round;flex:none}.lead svg{margin:0}
    .bar{display:block;width:100%;height:.65rem;border-radius:3px}.bar rect{fill:var(--f,var(--c))}
    .cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
    .card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1.1rem 1.25rem}
    .legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:.6rem}.legend .b{margin-right:.15rem}.card h3+.legend{margin-top:0}
    .levels{width:100%;border-collapse:collapse;margin-top:1rem}.levels th{text-align:left;font-size:.75rem;font-weight:600;color:var(--dim);
    width:6.5rem;padding:.15rem 0;letter-spacing:.03em}.levels td.n{width:6rem;color:var(--dim)}.levels .bar{height:.4rem}
    .facts>div{display:grid;grid-template-columns:9.5rem 1fr;gap:.75rem;padding:.28rem 0;border-top:1px solid var(--line)}
    .facts>div:first-child{border:0}.facts dt{color:var(--dim)}.facts dd{overflow-wrap:anywhere}
    .problems{background:var(--card);border:1px solid var(--line);border-radius:8px}
    .problems li{display:grid;grid-template-columns:8.5rem minmax(10rem,19rem) 1fr;gap:.1rem 1rem;align-items:baseline;padding:.4rem 1.25rem;border-top:1px solid var(--line)}
    .problems li:first-child{border:0}.problems a,.problems span{overflow-wrap:anywhere}.more{padding:.5rem 1.25rem;color:var(--dim)}
        .sections{display:grid;gap:.5rem 2rem;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
    .sections li{display:grid;grid-template-columns:1fr auto;gap:.1rem .5rem}.sections .bar{grid-column:1/-1;height:.3rem}.sections .n{color:var(--dim);font-size:.85rem}
    .tools{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;padding:.6rem 0;background:var(--ground)}
    .tools[hidden]{display:none}
    button,input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.25rem .65rem}
    button{cursor:pointer}button:hover{background:var(--soft)}button[aria-pressed=true]{background:var(--soft);border-color:currentColor}
    .chips button[aria-pressed=true]{box-shadow:inset 0 0 0 1px var(--dim)}
    #search{flex:1 1 14rem;max-width:26rem;min-width:8rem}.chips{display:flex;flex-wrap:wrap;gap:.35rem;flex-basis:100%}.chips button{font-size:.85rem;padding:.1rem .5rem}output{color:var(--dim);margin-left:auto}
    .cases{width:100%;border-collapse:collapse}
    .cases th,.cases td{text-align:left;vertical-align:baseline;padding:.3rem .75rem .3rem 0}
    .cases thead th{font-size:.8rem;font-weight:600;color:var(--dim);border-bottom:1px solid var(--line)}
    .cases td{border-bottom:1px solid var(--line)}.cases th:last-child,.cases td:last-child{padding-right:.25rem}
    .cases td:first-child,.cases th:first-child{padding-left:.5rem;width:9rem}.cases .n{text-align:right;color:var(--dim)}
    .cases .section th{padding-top:1.4rem;padding-left:.5rem;border-bottom:1px solid var(--line);font-weight:650}
    .section span{color:var(--dim);font:400 .85rem system-ui,sans-serif;margin-left:.75rem}
    .cases :is(.id,.t){min-width:14rem}.cases .id{overflow-wrap:anywhere;font-size:.9em}.cases .x{white-space:nowrap;color:var(--dim)}.x .b{font-weight:400}.x .v-pass{--c:var(--dim)}.cases small{display:block;color:var(--c)}
    .cases tbody tr:not(.section):hover td,.cases tr:target td,.cases tr.now td{background:var(--soft)}
    .cases tr.now td:first-child{box-shadow:inset 3px 0 var(--link)}.cases tr{scroll-margin:4rem 0}
    article{display:none}
    article:target{display:block;position:fixed;z-index:5;top:0;right:0;bottom:0;width:var(--drawer);overflow:auto;overscroll-behavior:contain;
    background:var(--card);border-left:1px solid var(--line);padding:1.25rem 1.5rem 3rem;outline:0;box-shadow:-8px 0 24px #0000000f}
    article header{border-top:3px solid var(--c);margin:-1.25rem -1.5rem .75rem;padding:1rem 1.5rem 0}
    article h3{font-size:1.2rem;font-weight:650;color:var(--ink);margin:.35rem 0 0;line-height:1.3}
    article>p{margin:.5rem 0}article h4{margin-top:1.1rem}article ol{padding-left:1.3rem}article li{overflow-wrap:anywhere}article li::marker{color:var(--dim)}
    .close{float:right;font-size:1.5rem;line-height:1;padding:.1rem .5rem;color:var(--dim)}
    .alias{margin-left:.75rem;color:var(--dim)}
    .why{border-left:3px solid var(--c);background:var(--soft);padding:.6rem .9rem;border-radius:0 6px 6px 0;margin:.9rem 0!important;overflow-wrap:anywhere}
    article:not(.v-pass) .why{font-size:1.05rem}cite{font-style:normal;font-size:.875rem;white-space:nowrap;color:var(--dim);margin-left:.35rem}.facts .b+.b{margin-left:1rem}
    .level{font-size:.75rem;letter-spacing:.03em;margin-right:.3rem}article .facts>div{grid-template-columns:6.5rem 1fr}q{overflow-wrap:anywhere}
    .steps{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:0 1.5rem}
    .copy{display:flex;gap:.5rem;align-items:center;color:var(--dim)}.copy code{overflow-wrap:anywhere}.copy button{padding:0 .5rem;font-size:.8rem;flex:none}
    .command code{background:var(--soft);border-radius:6px;padding:.35rem .6rem;color:var(--ink)}
    details{margin-top:1.2rem}summary{cursor:pointer;font-size:.8rem;font-weight:600;color:var(--dim)}
    .wire{border-collapse:collapse;width:100%;margin-top:.4rem;font-size:.9rem}
    .wire th{text-align:left;font-size:.75rem;color:var(--dim);font-weight:600}.wire th,.wire td{padding:.25rem .75rem .25rem 0;vertical-align:top;overflow-wrap:anywhere}
    .wire tbody tr{border-top:1px solid var(--line)}.wire td:first-child{text-align:right;color:var(--dim);white-space:nowrap;width:3.75rem}
    .wire td:nth-child(2){white-space:nowrap;width:5.25rem}.s td:nth-child(2){color:var(--sent)}.r td:nth-child(2){color:var(--received)}.wire .c td{color:var(--dim)}
    pre{margin:.2rem 0 .1rem;font-size:.75rem;line-height:1.45;overflow-x:auto;color:var(--ink)}pre:empty{display:none}.t{white-space:pre-wrap;overflow-wrap:anywhere}
    pre i,pre b,pre u,.dump i,.dump b,.dump u{font:inherit;text-decoration:none}
    pre i,.dump i{color:var(--flaky)}pre b,.dump b{color:var(--deviation)}pre u,.dump u{color:var(--note)}pre .cut{color:var(--dim)}
    .bad{background:var(--bad);color:var(--fail);border-left:3px solid var(--fail);padding:.15rem .6rem;margin:.25rem 0;border-radius:0 4px 4px 0}
    footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--dim);font-size:.85rem}footer ul{list-style:disc;padding-left:1.2rem}footer p{margin:.35rem 0}
    dialog{border:1px solid var(--line);border-radius:10px;background:var(--card);color:var(--ink);padding:1.25rem 1.5rem;min-width:18rem}
    dialog::backdrop{background:#0006}dialog dl>div{display:grid;grid-template-columns:6rem 1fr;padding:.2rem 0}dialog form{margin-top:.75rem;text-align:right}
    kbd{border:1px solid var(--line);border-bottom-width:2px;border-radius:4px;padding:0 .4em;background:var(--soft)}
    @media (min-width:64rem){body:has(article:target) .page{margin-right:var(--drawer);max-width:none}
    body:has(article:target) :is(.x,.chips){display:none}body:has(article:target) .problems li{grid-template-columns:8.5rem 1fr}
    body:has(article:target) .problems li>span:last-child{grid-column:1/-1}}
    @media (min-width:64rem) and (max-width:92rem){body:has(article:target) .t:is(td,th){display:none}}
    @media (max-width:63.99rem){:root{--drawer:100%}article:target{border:0}body:has(article:target){overflow:hidden}
    .cases .x:not(:nth-child(6)){display:none}}
    @media (max-width:44rem){.tools{position:static}#search{flex-basis:100%;max-width:none}.cases :is(.id,.t){min-width:0}.problems li{grid-template-columns:1fr;gap:.1rem}.cases thead{display:none}.cases,.cases tbody{display:block}
    .cases tr{display:grid;grid-template-columns:1fr auto;border-bottom:1px solid var(--line);padding:.35rem 0}.cases tr[hidden],.cases tbody[hidden]{display:none}
    .cases td,.cases th{border:0!important;padding:.05rem .5rem!important;width:auto!important}.cases .id,.cases .t,.cases .section th{grid-column:1/-1}
    .cases td:nth-child(6){grid-area:1/2}.section span{display:block;margin:0}.facts>div{grid-template-columns:7rem 1fr}
    article:target{padding:1rem}article header{margin:-1rem -1rem .75rem;padding:1rem 1rem 0}.wire thead{display:none}.wire tr{display:grid;grid-template-columns:auto 1fr;padding:.2rem 0}.wire td{padding:0 .75rem 0 0}.wire td:first-child{width:auto}.wire td:last-child{grid-column:1/-1;padding:0}.wire .c td:nth-child(2){display:none}.wire .c td:last-child{grid-column:2}pre{font-size:.64rem}}
    @media (prefers-contrast:more){:root{--dim:var(--ink);--grey:var(--ink);--line:currentColor}}
    @media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}article:target{animation:in .14s ease-out}@keyframes in{from{opacity:0;transform:translateX(12px)}}}
    @media print{:root{color-scheme:light}.tools,.skip,.close,.copy button{display:none!important}body{background:#fff;font-size:10pt}.page{padding:0;max-width:none;margin:0!important}
    article:not(.v-pass),article:target{display:block;position:static;width:auto;box-shadow:none;border:0;padding:1rem 0;break-inside:avoid-page}tr,li{break-inside:avoid}a{color:inherit}}
    """#

  /// The hash of ``styleSheet``; the test that recomputes it prints the right one.
  static let styleSheetHash: StaticString = "sha256-rkOpyDcFCXzDB/60V3ozQaiNZN7TiHX/S0WCnf9fh5o="
}

import { createHash } from 'node:crypto';

/** Typefaces that are on the reader's device already. */
const FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif';

/** What the pages need beyond GOV.UK Frontend. */
const OWN = `
.ot-header{background:#0b0c0c;color:#fff;padding:10px 0}
.ot-header a{color:#fff}
.ot-header a:focus{color:#0b0c0c}
.ot-header__row{display:flex;flex-wrap:wrap;gap:5px 20px;align-items:baseline}
.ot-header__name{font-weight:700;font-size:1.5rem;text-decoration:none}
.ot-header form{display:inline;margin:0}
.ot-header__end{margin-left:auto;display:flex;flex-wrap:wrap;gap:5px 20px;align-items:baseline}
.ot-header button{background:none;border:0;padding:0;color:#fff;font:inherit;text-decoration:underline;cursor:pointer}
.ot-header button:focus{color:#0b0c0c;background:#fd0;outline:3px solid transparent;box-shadow:0 -2px #fd0,0 4px #0b0c0c;text-decoration:none}
.ot-nav{border-bottom:1px solid #cecece;background:#f4f8fb}
.ot-nav ul{display:flex;flex-wrap:wrap;gap:0 25px;list-style:none;margin:0;padding:0}
.ot-nav li{padding:10px 0}
.ot-nav a[aria-current]{font-weight:700;text-decoration:none;border-bottom:4px solid #1d70b8;padding-bottom:6px}
.ot-work{list-style:none;margin:0 0 30px;padding:0}
.ot-work>li{border-top:1px solid #cecece;padding:15px 0}
.ot-work>li:last-child{border-bottom:1px solid #cecece}
.ot-work h2,.ot-work h3{margin:0 0 5px}
.ot-work p{margin:0 0 5px}
.ot-counts{display:flex;flex-wrap:wrap;gap:10px 30px;margin:0 0 20px;padding:0;list-style:none}
.ot-counts strong{display:block;font-size:2rem;line-height:1.1}
.ot-filters .govuk-form-group{margin-bottom:15px}
.ot-picture{max-width:100%;max-height:420px;border:1px solid #cecece;display:block;margin:10px 0}
.ot-shown{width:100%;height:75vh;min-height:400px;border:1px solid #cecece;display:block}
.ot-late{color:#ca3535;font-weight:700}
.govuk-summary-list__value,.ot-break{overflow-wrap:anywhere}
.ot-history{list-style:none;margin:0;padding:0 0 0 15px;border-left:4px solid #1d70b8}
.ot-history li{margin:0 0 15px}
.ot-history time{display:block;color:#484949}
.ot-link{background:none;border:0;padding:0;color:#1a65a6;font:1.1875rem ${FONTS};text-decoration:underline;cursor:pointer}
.ot-link:focus{color:#0b0c0c;background:#fd0;outline:3px solid transparent;box-shadow:0 -2px #fd0,0 4px #0b0c0c;text-decoration:none}
.ot-section{margin-bottom:30px}
.ot-section h2{margin-bottom:5px}
.ot-asked{border:4px solid #1d70b8;padding:20px 20px 0;margin-bottom:30px}
.ot-of{color:#484949;font-weight:400}
.ot-chart{display:block;width:100%;max-width:560px;height:auto;margin:0 0 20px;font-family:${FONTS}}
.ot-table th,.ot-table td{overflow-wrap:anywhere}
.ot-table thead th{overflow-wrap:break-word}
@media (max-width:40.0525em){.ot-table thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ot-table tr,.ot-table th,.ot-table td{display:block}
.ot-table tbody tr{border-bottom:1px solid #cecece;padding:10px 0}
.ot-table tbody th,.ot-table tbody td{border:0;padding:0 0 5px;text-align:left}
.ot-table td::before{content:attr(data-name) ": ";color:#484949}}
.ot-del{color:#942514}
.ot-ins{color:#0f7a52;text-decoration:underline}
.ot-beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:20px 30px;list-style:none;margin:0 0 30px;padding:0}
.ot-beside>li{min-width:0;border-top:1px solid #cecece;padding-top:15px}
.ot-progress{display:block;width:100%;max-width:560px;height:12px;margin:0 0 20px;accent-color:#1d70b8}
.ot-progress[hidden]{display:none}
.ot-qr{display:block;margin:0 0 30px}
@media (min-width:40.0625em){.ot-history li{font-size:1.1875rem}}
`;

export interface Stylesheet {
  text: string;
  /** Names its content: a browser may keep it for good. */
  name: string;
}

/** GOV.UK Frontend as others may use it: without its typeface, which is licensed to gov.uk alone, and without the crown. */
export function stylesheet(govukFrontend: string): Stylesheet {
  const text =
    govukFrontend
      .replaceAll(/\/\*![^*]*\*+(?:[^/*][^*]*\*+)*\/\s*(?=@font-face)/g, '')
      .replaceAll(/@font-face\{[^}]*\}/g, '')
      .replaceAll('GDS Transport,arial,sans-serif', FONTS)
      .replaceAll(/url\(\/assets\/images\/govuk-crest\.svg\)/g, 'none') + OWN;
  return { text, name: `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.css` };
}

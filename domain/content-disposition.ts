/** Always a download, never shown in place: what applicants hand in must not run in anybody's browser (RFC 6266, RFC 8187). */
export function asDownload(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

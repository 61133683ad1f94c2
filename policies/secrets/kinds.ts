/** What kinds of secrets a text holds, each once. What they look like is documented by whoever gives them out; see each line. */
export function secretsIn(text: string): string[] {
  return [...new Set(kinds.filter(([, pattern]) => pattern.test(text)).map(([kind]) => kind))];
}

// Names under which a value is a secret, and what stands there instead of one: a variable, a file, a placeholder, a word.
const named =
  "[a-z]*password|passwd|passphrase|(?<!\\s--)(?:api|app|auth|client|shared|webhook)?secret|secret_?access_?key|private_?key|" +
  "(?:api|auth|access|refresh|bearer|bootstrap|join|node|agent|bot|session|registration)?token|api[_-]?key|mysql_pwd|sshpass";
const harmless = "[\"']?(?:\\\\?\\$|[\\/<@%*`!{]|file:|compat\\b|(?:true|false|none|null)\\b)";

const kinds: readonly (readonly [kind: string, pattern: RegExp])[] = [
  // RFC 7468; OpenSSH, PROTOCOL.key; RFC 9580, armor headers.
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----/],
  // AWS IAM, "unique identifiers".
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  // The prefixes that GitHub, GitLab, Slack, npm, Docker, Vault and Tailscale document for their tokens.
  [
    "a token",
    /\b(dckr_pat_[\w-]{20,}|hv[sb]\.[\w-]{20,}|tskey-\w+-[\w-]{16,}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|npm_[A-Za-z0-9]{36})/,
  ],
  // RFC 7519: two objects of JSON, in base64, and a signature.
  ["a token", /\beyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]{8,}/],
  // RFC 6750 and RFC 7617.
  ["a bearer token", /\bauthorization:\s*(bearer|basic)\s+(?!\$)[\w.~+/=-]{8,}/i],
  // RFC 3986, user information.
  ["a password in an address", /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]*:(?![$<{%])[^\s/@'"]{3,}@/i],
  // NAME=VALUE and NAME: VALUE on one line.
  [
    "a password",
    new RegExp(`(?:^|[\\s"'{,_-])(?:${named})["']?[ \\t]*(?:=|:[ \\t])[ \\t]*(?!${harmless})["']?[^\\s"',;}]{6,}`, "i"),
  ],
  // Options whose value is the next word.
  [
    "a password",
    /\s--?(?:(?:[\w-]*-)?password|passphrase|token|api-key|oauth2-bearer)[ \t]+(?!["']?[$/<@%*`{-])["']?[^\s"']{6,}/i,
  ],
  ["a password", /\b(?:mysql|mysqldump|mysqladmin|mariadb)\s(?:[^\n|;&]*\s)?-p(?!["']?\$)["']?[^\s"']{4,}/],
  [
    "a password",
    /\b(?:(?:docker|podman|nerdctl|buildah|skopeo|oras|crane\s+auth|registry)\s+login\b[^\n|;&]*\s-p|redis-cli\b[^\n|;&]*\s-a)[ =](?!["']?[$/<@%*`{-])["']?[^\s"']{4,}/,
  ],
  ["a password", /\bsshpass\s+(?:-[ve]\s+)*-p\s*(?!["']?\$)\S/],
  ["a password", /\baws_secret_access_key[ \t]+(?!["']?\$)["']?[^\s"']{16,}/i],
  ["a password", /\bcurl\b[^\n|;&]*\s(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"'$]+:(?!\$)[^\s"'$]{3,}/],
  ["a password", /[^\s:"'$]+:(?!\$)[^\s:"'$]{3,}["']?\s*\|\s*(?:sudo\s+(?:-\w+\s+)*)?chpasswd\b/],
];

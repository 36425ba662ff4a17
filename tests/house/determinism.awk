# SPDX-License-Identifier: GPL-2.0-only OR MIT
# awk -v file=PATH -f determinism.awk banned.txt PATH: uses of what banned.txt bans.
# Blanks out comments, string and character literals, then looks for each word at a place where a word begins
# and no member is meant (x.time(, y->time( are somebody's own).
function code_of(text,    out, c, d) {
  out = ""
  while (text != "") {
    c = substr(text, 1, 1)
    d = substr(text, 1, 2)
    if (in_comment) {
      if (d == "*/") { in_comment = 0; text = substr(text, 3) } else text = substr(text, 2)
    } else if (quote != "") {
      if (c == "\\") text = substr(text, 3)
      else { if (c == quote) quote = ""; text = substr(text, 2) }
    } else if (d == "//") {
      return out
    } else if (d == "/*") {
      in_comment = 1
      text = substr(text, 3)
    } else if (c == "\"" || (c == "\x27" && out !~ /[0-9a-fA-F]$/)) {
      quote = c
      out = out " "
      text = substr(text, 2)
    } else {
      out = out c
      text = substr(text, 2)
    }
  }
  quote = ""
  return out
}
FNR == NR {
  if ($0 !~ /^#/ && split($0, part, "\t") == 2) {
    word[++words] = part[1]
    reason[words] = part[2]
  }
  next
}
# To include a header is not to use it: some are included early, to be out of the way of a kernel macro.
/^[ \t]*#[ \t]*include/ { next }
{
  code = code_of($0)
  for (i = 1; i <= words; i++) {
    tail = word[i] ~ /\\\($/ ? "" : "([^A-Za-z0-9_]|$)"
    if (code ~ ("(^|[^A-Za-z0-9_.>])" word[i] tail))
      printf "%s:%d: determinism: %s: %s\n", file, FNR, word[i], reason[i]
  }
}

# SPDX-License-Identifier: GPL-2.0-only OR MIT
# awk -v file=PATH -f includes.awk matrix.txt PATH: the includes of a file that matrix.txt does not allow.
# Angle and quote includes count alike; a quoted name is first looked for from the folder of the file.
function is_std(name) {
  return name ~ /^[a-z_0-9]+$/ || name ~ /^(sys|bits|net|arpa)\// ||
         name ~ /^(assert|ctype|dirent|dlfcn|elf|errno|execinfo|fcntl|float|inttypes|limits|link|locale|malloc|math|poll|pthread|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|termios|time|ucontext|unistd|wchar|wctype|cxxabi)\.h$/
}
# A quoted name from the top of the tree: "../history/history.h" in targets/mm is targets/history/history.h.
function resolved(name,    folder) {
  folder = file
  sub(/\/[^\/]*$/, "", folder)
  while (sub(/^\.\.\//, "", name)) sub(/(^|\/)[^\/]*$/, "", folder)
  return folder "/" name
}
function exists(path,    line, status) {
  status = (getline line < path)
  close(path)
  return status >= 0
}
FNR == NR {
  if ($0 ~ /^#/ || NF == 0) next
  room = $1
  sub(/:$/, "", room)
  if (index(file, room) == 1 && length(room) > length(best)) {
    best = room
    count = NF - 1
    for (i = 2; i <= NF; i++) allowed[i - 1] = $i
  }
  next
}
/^[ \t]*#[ \t]*include(_next)?[ \t]*[<"]/ {
  name = $0
  sub(/^[^<"]*[<"]/, "", name)
  sub(/[>"].*/, "", name)
  if (best == "") next
  if ($0 ~ /"/ && index(resolved(name), best) == 1 && exists(resolved(name))) next
  for (i = 1; i <= count; i++) {
    if (allowed[i] == "STD" ? is_std(name) : name ~ ("^" allowed[i])) next
  }
  printf "%s:%d: includes: %s may not include <%s>\n", file, FNR, best, name
}

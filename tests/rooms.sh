#!/bin/sh
# rooms.sh: every #include against the map of the rooms: who may know whom.
# In: the source tree ($srcdir).  Out: TAP, one test a room, violations as comments.

cd "${srcdir:-.}" || exit 99

# Who (a room, or one file of it) | what it may include: a directory means the files
# directly in it.  Of several lines for a file, the last one holds.
map='
filter           | filter
filter/cbpf      | filter filter/cbpf
filter/ebpf      | filter filter/ebpf
filter/jit       | filter filter/jit
filter/prove     | filter filter/prove
src              | src src/print filter/filter.h filter/proof.h filter/diag.h bpf/event.h config.h *.skel.h
src/print        | src src/print filter/filter.h filter/diag.h config.h
bpf              | bpf
filter/filter.c  | filter filter/cbpf filter/ebpf filter/jit
'
# System headers for which the compiler has no use: it is pure.
outside='netdb.h sys/socket.h signal.h pthread.h sys/stat.h fcntl.h pcap.h pcap/*'

# check ROOM: says what is wrong with the #includes of its files.
check() {
	set -- "$1"/*.[ch]
	[ -e "$1" ] || return
	awk -v map="$map" -v outside="$outside" '
	function directory(path) {
		sub("/[^/]*$", "", path)
		return path
	}
	function generated(path) {
		return path == "config.h" || path ~ "^bpf/.*[.]skel[.]h$"
	}
	# The path from the top that the name means in the file; what is generated is
	# found from the top of the build directory.
	function resolved(file, name) {
		if (generated(name))
			return name
		name = directory(file) "/" name
		while (sub("/[.]/", "/", name)) {}
		while (sub("[^/.][^/]*/[.][.]/", "", name)) {}
		return name
	}
	# Is the path, or its directory, one of the items?
	function listed(path, items,   n, i, item) {
		n = split(items, item)
		for (i = 1; i <= n; i++)
			if (path == item[i] || directory(path) == item[i] ||
				(item[i] == "*.skel.h" && path ~ "^bpf/.*[.]skel[.]h$") ||
				(item[i] == "pcap/*" && path ~ "^pcap/"))
				return 1
		return 0
	}
	function exists(path,   line) {
		if (!(path in there)) {
			there[path] = (getline line <path) >= 0
			close(path)
		}
		return there[path]
	}
	BEGIN {
		n = split(map, row, "\n")
		for (i = 1; i <= n; i++)
			if (split(row[i], column, "[ \t]*[|]") == 2)
				rights[column[1]] = column[2]
	}
	FILENAME ~ "[.]skel[.]h$" || !/^[ \t]*#[ \t]*include[ \t]*["<]/ { next }
	{
		name = $0
		sub("^[^\"<]*", "", name)
		kind = substr(name, 1, 1)
		name = substr(name, 2)
		sub("[\">].*", "", name)
	}
	kind == "<" {
		if (FILENAME ~ "^filter/" && listed(name, outside))
			print FILENAME ": <" name "> is not for the compiler: it is pure"
		next
	}
	{
		path = resolved(FILENAME, name)
		room = FILENAME in rights ? FILENAME : directory(FILENAME)
		if (!listed(path, rights[room]))
			print FILENAME ": includes " path ", which it may not see"
		if (!generated(path) && !exists(path))
			print FILENAME ": includes " path ", which does not exist"
	}' "$@"
}

rooms=$(echo "$map" | awk -F'|' 'NF == 2 && $1 !~ /\.c/ { print $1 }')
# shellcheck disable=SC2086  # a list
set -- $rooms
echo "1..$#"
count=0
failed=0
for room; do
	count=$((count + 1))
	if [ ! -d "$room" ]; then
		echo "ok $count - $room: no such room"
		continue
	fi
	found=$(check "$room")
	if [ -z "$found" ]; then
		echo "ok $count - $room"
	else
		echo "not ok $count - $room"
		echo "$found" | sed 's/^/# /'
		failed=1
	fi
done
exit $failed

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

# rights WHO: its line of the map.
rights() {
	echo "$map" | awk -F'|' -v who="$1" '{ gsub(/[ \t]+$/, "", $1) } $1 == who { print $2 }'
}

# The path from the top that the name $2 means in the file $1; what is generated is
# found from the top of the build directory.
resolve() {
	case $2 in
	config.h | bpf/*.skel.h) echo "$2" ;;
	*) echo "${1%/*}/$2" | sed -e ':a' -e 's,/\./,/,g' -e 's,[^/.][^/]*/\.\./,,' -e 'ta' ;;
	esac
}

# listed PATH ITEM...: is the path, or its directory, one of the items?
listed() {
	listed_path=$1
	shift
	for item; do
		case $listed_path in
		"$item") return 0 ;;
		esac
		case ${listed_path%/*} in
		"$item") return 0 ;;
		esac
		case $item:$listed_path in
		'*.skel.h':bpf/*.skel.h | 'pcap/*':pcap/*) return 0 ;;
		esac
	done
	return 1
}

# judge FILE NAME RIGHTS: says what is wrong with one #include of the file.
judge() {
	set -f # the lists are patterns; called in a subshell only
	case $1:$2 in
	filter/*:'<'*)
		# shellcheck disable=SC2086  # a list
		listed "${2#<}" $outside && echo "$1: $2> is not for the compiler: it is pure"
		return
		;;
	*:'<'*) return ;;
	esac
	path=$(resolve "$1" "${2#?}")
	# shellcheck disable=SC2086  # a list
	if ! listed "$path" $3; then
		echo "$1: includes $path, which it may not see"
	fi
	case $path in
	config.h | *.skel.h) ;;
	*) [ -f "$path" ] || echo "$1: includes $path, which does not exist" ;;
	esac
}

check() {
	for file in "$1"/*.[ch]; do
		case $file in
		*.skel.h | *'*'*) continue ;;
		esac
		may=$(rights "$file")
		[ -n "$may" ] || may=$(rights "$1")
		sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\(["<][^">]*\).*/\1/p' "$file" |
			while read -r name; do
				judge "$file" "$name" "$may"
			done
	done
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

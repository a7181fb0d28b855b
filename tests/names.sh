#!/bin/sh
# names.sh: names in expressions, with an /etc of its own: tests/names/names.tab says what
# they stand for, tests/names/error.tab what is not found.
# In: the build ($builddir, default .) and the source tree ($srcdir).  Out: TAP.
#
# A mount namespace in which /etc has the files of tests/names, links to the rest of the
# real one, and no name service but files; nothing outside sees it.  Where tcpdump is, it
# must read the same out of an expression and out of what its names stand for.

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${builddir:-.}" && pwd)
bpfcap=$build/bpfcap
[ -x "$bpfcap" ] || { echo "names.sh: $bpfcap is not built" >&2; exit 99; }
LC_ALL=C
export LC_ALL
count=0
failed=0

skip_all() {
	echo "1..0 # SKIP $*"
	exit 77
}

# make_etc DIRECTORY: what /etc will be; DIRECTORY/real is what it was.  Lines too long
# for a table are made here: their names come behind a word of 3,000 letters.
make_etc() {
	long=$(printf '%03000d' 0)
	mkdir "$1/etc" "$1/real" && mount --rbind /etc "$1/real" || return 1
	for file in "$1"/real/* "$1"/real/.[!.]*; do
		[ -e "$file" ] && ln -s "$file" "$1/etc/"
	done
	for name in hosts ethers networks services protocols; do
		rm -f "$1/etc/$name"
		cp "$here/names/$name" "$1/etc/" || return 1
		echo "$name: files"
	done >"$1/nsswitch.conf"
	mv -f "$1/nsswitch.conf" "$1/etc/"
	echo "wide 198.51.100.0 $long" >>"$1/etc/networks"
	echo "wide 1011/tcp $long" >>"$1/etc/services"
	echo "wide 201 $long" >>"$1/etc/protocols"
	{
		echo "02:00:00:00:00:0d long # $long"
		echo "02:00:00:00:00:0e after"
		printf '02:00:00:00:00:0f crlf\r\n02:00:00:00:00:10 noeol'
	} >>"$1/etc/ethers"
	for n in $(seq 1 110); do
		echo "198.51.100.$n hundred"
		echo "2001:db8:1::$n hundred"
	done >>"$1/etc/hosts"
	mount --bind "$1/etc" /etc
}

if [ "$1" != inside ]; then
	tmp=$(mktemp -d) || exit 99
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 99' HUP INT TERM
	user=
	[ "$(id -u)" = 0 ] || user=-r
	# shellcheck disable=SC2086  # an option or none
	unshare $user -m true 2>/dev/null || skip_all "no mount namespaces here"
	# shellcheck disable=SC2086
	unshare $user -m -- "$0" inside "$tmp"
	exit
fi
tmp=$2
make_etc "$tmp" 2>"$tmp/err" || skip_all "no /etc of our own: $(sed 1q "$tmp/err")"
grep -q '^192.0.2.1 four' /etc/hosts || skip_all "no /etc of our own"
tcpdump=$(command -v tcpdump)
"${tcpdump:-false}" -d 'host four and ether host station' >/dev/null 2>&1 || tcpdump=

report() {
	count=$((count + 1))
	if [ ! -s "$tmp/wrong" ]; then
		printf 'ok %s - %s\n' "$count" "$1"
		return
	fi
	printf 'not ok %s - %s\n' "$count" "$1"
	sed -n '1,20s/^/#  /p' "$tmp/wrong"
	failed=$((failed + 1))
}

pending() {
	grep -q 'does not compile yet' "$tmp/err" || return 1
	count=$((count + 1))
	printf 'ok %s - %s # SKIP it is not compiled yet\n' "$count" "$1"
}

# same TOOL OPTIONS EXPRESSION EXPRESSION: both give the same listing.
same() {
	timeout 60 "$1" -y EN10MB "$2" -- "$3" >"$tmp/named" 2>"$tmp/err"
	timeout 60 "$1" -y EN10MB "$2" -- "$4" >"$tmp/plain" 2>>"$tmp/err"
	[ -s "$tmp/named" ] || { echo "nothing of $1"; cat "$tmp/err"; }
	diff "$tmp/named" "$tmp/plain"
}

# rows FILE: what is neither a comment nor empty.
rows() {
	grep -v -e '^#' -e '^$' "$1"
}

name_row() {
	expr=${1%%" | "*}
	notes=${1##*" | "}
	plain=${1#*" | "}
	plain=${plain%" | "*}
	same "$bpfcap" -d "$expr" "$plain" >"$tmp/wrong"
	pending "$expr" && return
	same "$bpfcap" -dO "$expr" "$plain" >>"$tmp/wrong"
	[ "$notes" != - ] || [ -z "$tcpdump" ] ||
		same "$tcpdump" -d "$expr" "$plain" >>"$tmp/wrong"
	report "$expr: $plain"
}

error_row() {
	expr=${1%%" | "*}
	word=${1##*" | "}
	text=${1#*" | "}
	text=${text%" | "*}
	: >"$tmp/wrong"
	timeout 60 "$bpfcap" -y EN10MB -d -- "$expr" >"$tmp/out" 2>"$tmp/err"
	status=$?
	pending "$expr" && return
	[ "$status" -eq 1 ] || echo "exit status $status" >>"$tmp/wrong"
	[ ! -s "$tmp/out" ] || echo "it prints a listing" >>"$tmp/wrong"
	before=${expr%"$word"*}
	caret=$(printf '  %*s^%s' "${#before}" '' "$(printf '%s' "${word#?}" | sed 's/./~/g')")
	sed -n 1p "$tmp/err" | grep -qF -- "$text" || echo "not that error" >>"$tmp/wrong"
	[ "$(sed -n 3p "$tmp/err")" = "$caret" ] || printf 'caret:\n%s\n' "$caret" >>"$tmp/wrong"
	[ ! -s "$tmp/wrong" ] || cat "$tmp/err" >>"$tmp/wrong"
	report "$expr: $text"
}

# 100 addresses of each family, ascending: the first and the last of them are in.
test_many() {
	: >"$tmp/wrong"
	plain=$(
		seq -f '198.51.100.%.0f' 1 100
		seq -f '2001:db8:1::%.0f' 1 110 | sort -t: -k5,5 |
			awk -F: '{ printf "%4s %s\n", $5, $0 }' | sort | sed 's/^ *[0-9]* //' | head -n 100
	)
	# shellcheck disable=SC2086  # words
	plain=$(printf 'or host %s ' $plain)
	same "$bpfcap" -d 'host hundred' "${plain#or }" >"$tmp/wrong"
	report "a name of 110 addresses a family: 100 of each"
}

while IFS= read -r row <&3; do
	name_row "$row"
done 3<<EOF
$(rows "$here/names/names.tab")
EOF
while IFS= read -r row <&3; do
	error_row "$row"
done 3<<EOF
$(rows "$here/names/error.tab")
EOF
test_many
echo "1..$count"
[ -n "$tcpdump" ] || echo "# tcpdump was not asked"
[ "$failed" -eq 0 ] || echo "# $failed of $count failed"
exit $((failed > 0))

#!/bin/sh
# docs.sh: what the documents say against the program.
#   bpfcap --help    has all options of src/options.c
#   bpfcap.1         has the options of `bpfcap --help`, and no others
#   bpfcap-filter.7  has every keyword of filter/keyword.def
#   README.md        its examples and filters, and its program for the library
# In: the build ($builddir, default .) and the source tree ($srcdir).  Out: TAP.

here=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${builddir:-.}" && pwd)
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
bpfcap=$build/bpfcap
[ -x "$bpfcap" ] || { echo "docs.sh: $bpfcap is not built" >&2; exit 99; }
LC_ALL=C
TZ=UTC
export LC_ALL TZ
count=0
failed=0

# verdict WHAT: well when $tmp/wrong is empty; else each line of it is a fault.
verdict() {
	count=$((count + 1))
	if [ ! -s "$tmp/wrong" ]; then
		printf 'ok %s - %s\n' "$count" "$1"
		return
	fi
	printf 'not ok %s - %s\n' "$count" "$1"
	sed 's/^/#  /' "$tmp/wrong"
	failed=$((failed + 1))
}

skip() {
	count=$((count + 1))
	printf 'ok %s - %s # SKIP %s\n' "$count" "$1" "$2"
}

# Options as the help has them at the beginning of a line: "-i, --interface IFACE".
help_options() {
	"$bpfcap" --help | sed -n 's/^  \(-[^ ,]*\)\(, \(--[^ ]*\)\)\{0,1\}.*/\1\n\3/p' |
		sed '/^$/d' | sort -u
}

# Options that bpfcap.1 has an entry for: ".It Fl i Ar IFACE , Fl -interface Ar IFACE".
manual_options() {
	sed -n 's/^\.It \(Fl .*\)/\1/p' "$here/man/bpfcap.1" | tr ',' '\n' |
		sed -n 's/^ *Fl \([^ ]*\).*/-\1/p' | sort -u
}

# Options of the table: "{ 'i', "interface", "IFACE", ...".
table_options() {
	sed -n -e "s/^\t{ '\(.\)', .*/-\1/p" "$here/src/options.c"
	sed -n -e "s/^\t{ [^,]*, \"\([^\"]*\)\", .*/--\1/p" "$here/src/options.c"
}

test_options() {
	help_options >"$tmp/help"
	table_options | sort -u >"$tmp/table"
	[ -s "$tmp/table" ] || echo "no options found in src/options.c" >"$tmp/table"
	comm -3 "$tmp/table" "$tmp/help" >"$tmp/wrong"
	verdict "--help has all options of the table"
	manual_options >"$tmp/manual"
	[ -s "$tmp/help" ] || echo "no options found in --help" >"$tmp/help"
	comm -23 "$tmp/help" "$tmp/manual" >"$tmp/wrong"
	verdict "bpfcap.1 has all options of --help"
	comm -13 "$tmp/help" "$tmp/manual" >"$tmp/wrong"
	verdict "bpfcap.1 has no other options"
}

# Any option that the text names is one that the program takes.
test_named_options() {
	: >"$tmp/wrong"
	sed -n 's/^\(\.[A-Z][a-z] .*\)\{0,1\}\.\{0,1\}Fl \(-[a-z-]*\).*/-\2/p' \
		"$here/man/bpfcap.1" | sort -u >"$tmp/named"
	while read -r option; do
		"$bpfcap" --help "$option" --help 2>&1 | grep -q 'unknown option' &&
			echo "$option" >>"$tmp/wrong"
	done <"$tmp/named"
	[ -s "$tmp/named" ] || echo "no long options found" >"$tmp/wrong"
	verdict "the long options that bpfcap.1 names exist"
}

# Words of the manual's source, escapes resolved; macros do no harm.
manual_words() {
	sed -e 's/\\e/\\/g' -e 's/\\&//g' "$here/man/bpfcap-filter.7" |
		tr -c 'A-Za-z0-9_-' '\n' | sort -u
}

test_keywords() {
	sed -n 's/^X("\([^"]*\)", .*/\1/p' "$here/filter/keyword.def" |
		sort -u >"$tmp/keywords"
	manual_words | comm -23 "$tmp/keywords" - >"$tmp/wrong"
	[ -s "$tmp/keywords" ] || echo "no keywords found" >"$tmp/wrong"
	verdict "bpfcap-filter.7 has every keyword"
}

# Names behind a keyword, which the compiler has in tables of its own.
test_names() {
	for table in wlan pf link; do
		grep -o '{ "[a-z0-9-]*", \(FC_\|0x\|[0-9]\)' "$here/filter/resolve_$table.c"
	done | sed 's/{ "\([^"]*\)".*/\1/' | sort -u >"$tmp/names"
	grep -o '{ "[a-z]*", 0x' "$here/filter/proto.c" | sed 's/{ "\([^"]*\)".*/\1/' |
		sort -u - "$tmp/names" >"$tmp/all"
	manual_words | comm -23 "$tmp/all" - >"$tmp/wrong"
	[ "$(wc -l <"$tmp/all")" -ge 80 ] || echo "too few names found" >"$tmp/wrong"
	verdict "bpfcap-filter.7 has the names that stand behind keywords"
}

# The values that it gives to the named constants.
test_constants() {
	sed -n 's/^X("\([^"]*-[^"]*\)", NUMBER, \([0-9]*\))/\1 \2/p' \
		"$here/filter/keyword.def" | sort >"$tmp/constants"
	sed -n 's/^\.It Ic \([^ ]*\) Ta \([0-9]*\)$/\1 \2/p' \
		"$here/man/bpfcap-filter.7" | sort | comm -3 "$tmp/constants" - >"$tmp/wrong"
	verdict "its named constants have their values"
}

# A code of filter/diag.def that an expression can give, or the tool: it is named.
test_codes() {
	sed -n 's/^X([A-Z_]*, "\(.*\)")/\1/p' "$here/filter/diag.def" | grep -v '^none$' |
		sort >"$tmp/codes"
	manual_words | comm -23 "$tmp/codes" - >"$tmp/wrong"
	verdict "bpfcap-filter.7 has every code of a message"
}

# lint PAGE: warnings are faults, matters of style are not.
lint() {
	if command -v mandoc >/dev/null; then
		mandoc -T lint -W warning "$here/man/$1" >"$tmp/wrong" 2>&1
	elif man --version 2>/dev/null | grep -q '^man '; then
		man --warnings -E UTF-8 -l -Tutf8 -Z "$here/man/$1" 2>"$tmp/wrong" >/dev/null
	else
		skip "$1 has no faults" "neither mandoc nor man-db is here"
		return
	fi
	verdict "$1 has no faults"
}

# The examples of README.md that need no capture, as a shell script and what it prints.
# bpfcap's two streams come in the order of the program: messages, then packets.
test_examples() {
	awk '
	/^```/ { on = $0 == "```console"; next }
	on && /^\$ / { take = /^\$ bpfcap .*(-d|--explain|-r pcaps)/ }
	on && take' "$here/README.md" >"$tmp/want"
	sed -n 's/^\$ //p' "$tmp/want" >"$tmp/commands"
	(
		cd "$here" || exit 99
		PATH=$build:$PATH
		while IFS= read -r command; do
			printf '$ %s\n' "$command"
			eval "$command" 2>&1 </dev/null
		done <"$tmp/commands"
	) >"$tmp/got"
	[ -s "$tmp/commands" ] || echo "no examples found" >"$tmp/got"
	diff "$tmp/want" "$tmp/got" >"$tmp/wrong"
	verdict "README.md: the examples print what they print"
}

# The filters of README.md, each a line, and its file for -F: they compile.
test_filters() {
	: >"$tmp/wrong"
	awk '/^```/ { on = $0 == "```filter"; next } on' "$here/README.md" |
		sed 's/  *# .*//' >"$tmp/filters"
	awk '/^```/ { on = $0 == "```program"; next } on' "$here/README.md" >"$tmp/program"
	[ -s "$tmp/filters" ] && [ -s "$tmp/program" ] || echo "none found" >"$tmp/wrong"
	while IFS= read -r filter; do
		"$bpfcap" -d -y EN10MB -- "$filter" >/dev/null 2>>"$tmp/wrong"
	done <"$tmp/filters"
	"$bpfcap" -d -y EN10MB -F "$tmp/program" >/dev/null 2>>"$tmp/wrong"
	verdict "README.md: its filters compile"
}

# The program for the library, built against this build, as its reader would; with
# the flags that this build has (sanitizers).
test_library() {
	what="README.md: the program for the library works"
	cc=$(sed -n 's/^CC = //p' "$build/Makefile")
	flags=$(sed -n 's/^AX_CFLAGS = //p' "$build/Makefile")
	awk '/^```/ { on = $0 == "```c"; next } on' "$here/README.md" >"$tmp/match.c"
	# shellcheck disable=SC2086  # lists
	if ! "$build/libtool" --silent --tag=CC --mode=link ${cc:-cc} $flags -Werror \
		-I"$here/filter" -no-install -o "$tmp/match" "$tmp/match.c" \
		"$build/libbpfcap-filter.la" >"$tmp/wrong" 2>&1; then
		echo "it does not compile" >>"$tmp/wrong"
		verdict "$what"
		return
	fi
	: >"$tmp/wrong"
	"$tmp/match" 'udp dst port 53' >"$tmp/out" 2>>"$tmp/wrong"
	[ "$(tail -n 1 "$tmp/out")" = match ] || echo "no match" >>"$tmp/wrong"
	"$tmp/match" tcp >"$tmp/out" 2>>"$tmp/wrong"
	[ "$(tail -n 1 "$tmp/out")" = 'no match' ] || echo "tcp matches" >>"$tmp/wrong"
	"$tmp/match" 'udp prot 53' >/dev/null 2>"$tmp/out" &&
		echo "a bad expression is no error" >>"$tmp/wrong"
	grep -q 'byte 4: ' "$tmp/out" || cat "$tmp/out" >>"$tmp/wrong"
	verdict "$what"
}

test_options
test_named_options
test_keywords
test_names
test_constants
test_codes
lint bpfcap.1
lint bpfcap-filter.7
test_examples
test_filters
test_library
echo "1..$count"
[ "$failed" -eq 0 ] || echo "# $failed of $count failed"
exit $((failed > 0))

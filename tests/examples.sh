#!/bin/sh
# examples.sh: runs the examples of man/bpfcap-filter.7, and tries its table of link types;
# runs those of man/bpfcap.1 that have an answer.
# A comment before a display says what is in it:
#   .\" @examples [LINK]  an expression a line, which compiles for LINK (default EN10MB);
#                         a remark begins with '#' at the beginning of the line,
#                         or behind two blanks
#   .\" @same [LINK]      'A  is  B': both compile to the same program
#   .\" @message [LINK]   an expression or -F FILE, the line of carets, the message as it
#                         is folded; an empty line before the next one
#   .\" @file NAME        a file, there for the other examples to name
#   .\" @program [LINK]   a file for -F
#   .\" @answers          of bpfcap.1: '$ COMMAND', to be continued behind '\', and what it
#                         prints, of which the first line is compared, numbers apart
# In front of an expression, or of a program: .\" @count CAPTURE N, so many packets match,
# of a capture of examples.tab or of pcaps/.
# In: the build ($builddir, default .) and the source tree ($srcdir).  Out: TAP.
#   examples.sh --update  writes the messages as they are now into the manual

here=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "${builddir:-.}" && pwd)
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
bpfcap=$build/bpfcap
page=$here/man/bpfcap-filter.7
[ -x "$bpfcap" ] || { echo "examples.sh: $bpfcap is not built" >&2; exit 99; }
LC_ALL=C
TZ=UTC
export LC_ALL TZ
count=0
failed=0
WIDTH=70 # columns of a message in the manual

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

# The captures of examples.tab, as $tmp/NAME.pcap: little-endian, a second a packet.
write_captures() {
	mkdir "$tmp/octal"
	awk -v dir="$tmp/octal" '
	function byte(n) { return sprintf("\\%03o", n) }
	function word(n) {
		return byte(n % 256) byte(int(n / 256) % 256) byte(int(n / 65536) % 256) \
			byte(int(n / 16777216))
	}
	function hex(s) {
		return index("0123456789abcdef", substr(s, 1, 1)) * 16 + \
			index("0123456789abcdef", substr(s, 2, 1)) - 17
	}
	/^=/ {
		file = dir "/" $2
		printf "%s", word(2712847316) byte(2) byte(0) byte(4) byte(0) word(0) \
			word(0) word(262144) word($3) >file
		seconds = 0
	}
	!/^#/ && / \| / {
		text = substr($0, index($0, " | ") + 3)
		n = length(text) / 2
		printf "%s", word(++seconds) word(0) word(n) word(n) >file
		for (i = 1; i < length(text); i += 2)
			printf "%s", byte(hex(substr(text, i, 2))) >file
	}' "$here/tests/examples.tab"
	for file in "$tmp/octal"/*; do
		# shellcheck disable=SC2059  # escapes and nothing else
		printf "$(cat "$file")" >"$tmp/${file##*/}.pcap"
	done
}

# From the manual's source to the text of a display, and back.
plain() {
	sed -e 's/\\&//g' -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(ha/^/g' \
		-e 's/\\(ti/~/g' -e 's/\\(ga/`/g' -e 's/\\\[u2026\]/…/g' -e 's/\\e/\\/g'
}

to_source() {
	sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/'/\\\\(aq/g" -e 's/\^/\\(ha/g' \
		-e 's/~/\\(ti/g' -e 's/`/\\(ga/g' -e 's/…/\\[u2026]/g'
}

# Cuts the manual into $tmp/N.kind, .link, .line, .text and .count, from 1 on; the files
# that it has go to $tmp/run.
cut_manual() {
	mkdir "$tmp/run"
	plain <"$page" >"$tmp/plain"
	awk -v dir="$tmp" '
	function begin() {
		base = dir "/" ++n
		print kind >(base ".kind")
		print link >(base ".link")
		print NR >(base ".line")
		printf "%s", counts >(base ".count")
		counts = ""
		close(base ".kind"); close(base ".link"); close(base ".line")
		close(base ".count")
	}
	/^\.\\" @count / { counts = counts $3 " " $4 "\n"; next }
	/^\.\\" @/ {
		kind = substr($2, 2)
		link = $3 == "" ? "EN10MB" : $3
		next
	}
	/^\.Bd / { on = kind != ""; fresh = 1; next }
	/^\.Ed/ { on = 0; kind = ""; next }
	!on || /^\.\\"/ { next }
	kind == "file" { print >(dir "/run/" link); next }
	kind == "message" && $0 == "" { fresh = 1; next }
	kind == "message" || kind == "program" {
		if (fresh) begin()
		fresh = 0
		print >(base ".text")
		next
	}
	$0 != "" && !/^# / {
		begin()
		sub(/  +# .*/, "")
		print >(base ".text")
		close(base ".text")
	}
	END { print n > (dir "/number") }' "$tmp/plain"
}

# compile ARGUMENT...: lines of standard error are faults.
compile() {
	(cd "$tmp/run" && "$bpfcap" -d -y "$@") >"$tmp/listing" 2>"$tmp/err" ||
		echo "it does not compile" >>"$tmp/wrong"
	cat "$tmp/err" >>"$tmp/wrong"
}

# counts N ARGUMENT...: the packets that match, for each .count of example N.
counts() {
	n=$1
	shift
	while read -r capture want; do
		file=$tmp/$capture.pcap
		[ -f "$file" ] || file=$here/pcaps/$capture.pcap
		got=$(cd "$tmp/run" && "$bpfcap" -nqttr "$file" "$@" 2>/dev/null |
			grep -c '^[0-9]*\.[0-9]\{6\} ')
		[ "$got" -eq "$want" ] ||
			echo "$capture: $want packets, says the manual; $got match" >>"$tmp/wrong"
	done <"$tmp/$n.count"
}

# message LINK EXPRESSION: the expression, the carets, and the message, folded.
message() {
	case $2 in
	-F*) set -- "$1" "$2" -F "${2#-F }" ;;
	*) set -- "$1" "$2" -- "$2" ;;
	esac
	printf '%s\n' "$2"
	(cd "$tmp/run" && "$bpfcap" -v -d -y "$1" "$3" "$4") 2>&1 >/dev/null |
		sed -n '1,3p' | awk -v width=$WIDTH '
	NR == 1 { text = $0; sub(/^bpfcap: (filter: )?/, "", text) }
	NR == 2 && /^  [0-9]+ \| / || NR == 3 { print substr($0, 3) }
	END {
		words = split(text, word, " ")
		for (i = 1; i <= words; i++) {
			if (line != "" && length(line) + 1 + length(word[i]) > width) {
				print line
				line = ""
			}
			line = line (line == "" ? "" : " ") word[i]
		}
		print line
	}'
}

run_example() {
	link=$(cat "$tmp/$1.link")
	text=$(cat "$tmp/$1.text")
	case $(cat "$tmp/$1.kind") in
	examples)
		compile "$link" -- "$text"
		counts "$1" -- "$text"
		;;
	same)
		compile "$link" -- "${text%%  *}"
		mv "$tmp/listing" "$tmp/one"
		compile "$link" -- "${text##*  is  }"
		cmp -s "$tmp/one" "$tmp/listing" || echo "the programs differ" >>"$tmp/wrong"
		;;
	program)
		cp "$tmp/$1.text" "$tmp/run/program"
		compile "$link" -F program
		counts "$1" -F program
		text=$(head -n 1 "$tmp/$1.text")
		;;
	message)
		text=$(head -n 1 "$tmp/$1.text")
		message "$link" "$text" >"$tmp/got"
		diff "$tmp/$1.text" "$tmp/got" >>"$tmp/wrong"
		;;
	*) echo "what is this?" >>"$tmp/wrong" ;;
	esac
	verdict "bpfcap-filter.7, line $(cat "$tmp/$1.line"): $text"
}

# The table of link types: a word in it, and an expression that needs it.
# shellcheck disable=SC2016  # $5 is an address
link_words='vlan vlan
mpls mpls
llc llc
inbound outbound
ifindex ifindex 1
radio[] radio[0] = 1
MAC broadcast
byte ether host $5
ATM vpi 1
PF rnr 1
SS7 fisu
802.11 dir tods'

# run_link NAME WORDS: these compile for it, and no other words.
run_link() {
	: >"$tmp/wrong"
	echo "$link_words" >"$tmp/words"
	while read -r word expr; do
		said=no
		case " $2 " in *" $word "*) said=yes ;; esac
		is=no
		"$bpfcap" -d -y "$1" -- "$expr" >/dev/null 2>&1 && is=yes
		[ $said = $is ] || echo "$word: $said, says the manual; $is" >>"$tmp/wrong"
	done <"$tmp/words"
	verdict "bpfcap-filter.7, link type $1"
}

# Every row, and every link type that filter/linktype.c has something of.
run_links() {
	sed -n '/^\.It Sy link type Ta/,/^\.El/s/^\.It \([A-Z][A-Z0-9_]*\) Ta \(.*\)/\1 \2/p' \
		"$tmp/plain" >"$tmp/links"
	sed -n 's/^\t{ [0-9]*, "\([^"]*\)".*/\1/p' "$here/filter/linktype.c" |
		grep -v '^JUNIPER_' | sort >"$tmp/has"
	sed 's/ .*//' "$tmp/links" | sort | comm -3 "$tmp/has" - >"$tmp/wrong"
	verdict "bpfcap-filter.7 has the link types that the compiler knows"
	while read -r link words; do
		case $words in *"LLC, data frames"*) words="$words 802.11" ;; esac
		run_link "$link" "$(printf '%s\n' "$words" | tr -d ',')"
	done <"$tmp/links"
}

# The commands of bpfcap.1 with their answers, a line each, a tab between; without an
# answer, the status alone counts.
answers() {
	plain <"$here/man/bpfcap.1" | awk '
	function flush() { if (command != "") print command "\t" answer; command = answer = "" }
	/^\.\\" @answers/ { take = 1; next }
	/^\.Bd / { on = take; take = 0; next }
	/^\.Ed/ { flush(); on = 0; next }
	!on || /^# / { next }
	/^\$ / { flush() }
	/^\$ / || more {
		more = /\\$/
		sub(/^(\$| *) /, "")
		sub(/\\$/, "")
		command = command $0
		next
	}
	answer == "" { answer = $0 }
	END { flush() }'
}

run_answers() {
	mkdir "$tmp/answers"
	if "$bpfcap" -y EN10MB --prove ip 2>&1 | grep -q 'built without Z3'; then
		count=$((count + 1))
		echo "ok $count - bpfcap.1: answers # SKIP this build has no Z3"
		return
	fi
	answers >"$tmp/table"
	while IFS='	' read -r command answer <&3; do
		: >"$tmp/wrong"
		got=$(
			cd "$tmp/answers" || exit 99
			PATH=$build:$PATH
			eval "$command" 2>"$tmp/err" </dev/null
		)
		case $answer in
		'') [ -n "$got" ] || cat "$tmp/err" >"$tmp/wrong" ;;
		*)
			printf '%s\n' "$got" | sed -n -e 's/[0-9][0-9]*/N/g' -e 1p >"$tmp/is"
			printf '%s\n' "$answer" | sed 's/[0-9][0-9]*/N/g' >"$tmp/want"
			diff "$tmp/want" "$tmp/is" >"$tmp/wrong"
			;;
		esac
		verdict "bpfcap.1: $command"
	done 3<"$tmp/table"
	: >"$tmp/wrong"
	[ "$(wc -l <"$tmp/table")" -ge 10 ] || echo "hardly an answer was found" >"$tmp/wrong"
	verdict "bpfcap.1 has its answers"
}

# The manual with its messages made anew: what follows an expression, to the next empty
# line, gives way to what is said now.
update() {
	on=
	while IFS= read -r line; do
		case $line in
		'.\" @message'*)
			link=${line#'.\" @message'}
			link=${link# }
			on=comment
			;;
		.Bd*) on=${on:+expression} ;;
		.Ed*) on= ;;
		esac
		case $on:$line in
		:* | comment:* | expression:.*) printf '%s\n' "$line" ;;
		message:)
			echo
			on=expression
			;;
		expression:*)
			message "${link:-EN10MB}" "$(printf '%s\n' "$line" | plain)" | to_source
			on=message
			;;
		esac
	done <"$page"
}

write_captures
cut_manual
if [ "$1" = --update ]; then
	update >"$tmp/page" && cat "$tmp/page" >"$page"
	exit
fi
number=$(cat "$tmp/number")
for i in $(seq "$number"); do
	: >"$tmp/wrong"
	run_example "$i"
done
: >"$tmp/wrong"
[ "$number" -ge 120 ] || echo "only $number examples were found" >"$tmp/wrong"
verdict "the manual has its examples"
run_links
run_answers
echo "1..$count"
[ "$failed" -eq 0 ] || echo "# $failed of $count failed"
exit $((failed > 0))

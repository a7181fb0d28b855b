#!/bin/sh
# cli.sh: --prove, --diff and --witness, through the tool: what they say, their exit
# status, and whether the packets that they write are what they say of them.
#   tests/prove/diff.tab   relation | link type | A | B
# In: the build ($builddir, default .) and the source tree ($srcdir).  Out: TAP.

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${builddir:-.}" && pwd)
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
[ -x "$build/bpfcap" ] || { echo "cli.sh: $build/bpfcap is not built" >&2; exit 99; }
PATH=$build:$PATH
LC_ALL=C
export PATH LC_ALL
cd "$tmp" || exit 99
count=0
failed=0

# verdict WHAT: well when the file `wrong` is empty; else each line of it is a fault.
verdict() {
	count=$((count + 1))
	if [ ! -s wrong ]; then
		printf 'ok %s - %s\n' "$count" "$1"
		return
	fi
	printf 'not ok %s - %s\n' "$count" "$1"
	sed 's/^/#  /' wrong
	failed=$((failed + 1))
}

wrong() { echo "$*" >>wrong; }

# run STATUS ARGUMENT...: standard output to `out`, standard error to `err`; it is killed
# after $guard seconds.
guard=300
run() {
	: >wrong
	want=$1
	shift
	timeout $guard bpfcap "$@" >out 2>err </dev/null
	status=$?
	[ $status -eq "$want" ] || wrong "exit status $status, not $want; $(cat err)"
}

said() { head -n 1 out | grep -qxE -e "$1" || wrong "it says '$(head -n 1 out)', not '$1'"; }

silent() { [ ! -s err ] || wrong "$(cat err)"; }

# matched EXPRESSION WANT: so many packets of w.pcap match.
matched() {
	n=$(bpfcap -nqtr w.pcap -- "$1" 2>/dev/null | wc -l)
	[ "$n" -eq "$2" ] || wrong "$n packets of the file match '$1', not $2"
}

# packets RELATION: how many of the file A, B and both accept.
packets() {
	case $1 in
	equal) echo 0 0 0 ;;
	'A implies B') echo 0 1 0 ;;
	'B implies A') echo 1 0 0 ;;
	disjoint) echo 1 1 0 ;;
	'neither implies the other') echo 2 2 1 ;;
	esac
}

# diff_row RELATION LINK A B
diff_row() {
	status=1
	[ "$1" != equal ] || status=0
	rm -f w.pcap
	run $status -y "$2" --diff --witness w.pcap -- "$3" "$4"
	said "$1"
	silent
	what="$2: '$3' and '$4': $1"
	# shellcheck disable=SC2046  # three numbers
	set -- "$3" "$4" $(packets "$1")
	matched "$1" "$3"
	matched "$2" "$4"
	matched "($1) and ($2)" "$5"
	[ "$(grep -c '^	0x0000:' out)" -eq $(($3 + $4 - $5)) ] || wrong "it shows other packets than those"
	verdict "$what"
}

test_table() {
	grep -v -e '^#' -e '^$' "$here/diff.tab" >rows
	while IFS= read -r row <&3; do
		relation=${row%%" | "*}
		row=${row#*" | "}
		link=${row%%" | "*}
		row=${row#*" | "}
		diff_row "$relation" "$link" "${row%%" | "*}" "${row#*" | "}"
	done 3<rows
	: >wrong
	[ "$(wc -l <rows)" -ge 20 ] || wrong "the table has hardly a row"
	verdict "the table is there"
}

test_never() {
	run 1 -y EN10MB --diff 'ip and ip6' tcp
	said 'A implies B'
	grep -qx 'A accepts no packet' out || wrong "it does not say that A is empty"
	verdict "an expression that accepts nothing is no error"
	run 0 -y EN10MB --diff 'ip and ip6' 'tcp and udp and ip'
	said equal
	verdict "two of them are equal"
}

# The message on either text is that of -d, with the caret under the same words.
test_messages() {
	bpfcap -y EN10MB -d 'tcp prot 80' 2>tcp.err
	bpfcap -y EN10MB -d 'udp and hots 10.0.0.1' 2>udp.err
	run 1 -y EN10MB --diff 'tcp prot 80' udp
	cmp -s err tcp.err || wrong "$(cat err)"
	[ ! -s out ] || wrong "$(cat out)"
	verdict "an error of A"
	run 1 -y EN10MB --diff tcp 'udp and hots 10.0.0.1'
	cmp -s err udp.err || wrong "$(cat err)"
	verdict "an error of B"
	run 1 -y EN10MB --diff 'tcp prot 80' 'udp and hots 10.0.0.1'
	cat tcp.err udp.err | cmp -s - err || wrong "$(cat err)"
	verdict "errors of both"
	echo 'tcp prot 80' >f
	run 1 -y EN10MB -F f --diff udp
	cmp -s err tcp.err || wrong "$(cat err)"
	verdict "an error of the file of -F"
	run 1 -y EN10MB --prove 'tcp prot 80'
	cmp -s err tcp.err || wrong "$(cat err)"
	verdict "an error of what is to be proved"
	run 1 -y EN10MB --prove --witness w2.pcap 'tcp prot 80'
	[ ! -e w2.pcap ] || wrong "the file is written"
	verdict "no file of packets where there is no answer"
}

test_files() {
	printf 'let web = tcp port in {80, 443}\nweb\n' >f
	run 0 -y EN10MB -F f --diff 'tcp port 80 or tcp port 443'
	said equal
	verdict "-F is the first expression"
	run 1 -y EN10MB --diff --witness - tcp 'tcp port 80'
	head -n 1 err | grep -qx 'B implies A' || wrong "$(cat err)"
	[ "$(bpfcap -nxxtr out 2>/dev/null | grep -c '^	0x0000:')" -eq 1 ] || wrong "no packet on standard output"
	verdict "--witness -: packets on standard output, words on standard error"
	run 1 -y EN10MB --diff --witness nosuch/w tcp 'tcp port 80'
	said 'B implies A'
	grep -q 'nosuch/w: cannot open' err || wrong "$(cat err)"
	verdict "--witness: a file that cannot be written"
	run 0 -y EN10MB --prove --witness w.pcap tcp
	[ "$(wc -c <w.pcap)" -eq 24 ] || wrong "the file has packets, or is none"
	verdict "--witness: no packets after a proof"
	if [ -w /dev/full ]; then
		timeout 60 bpfcap -y EN10MB --diff tcp tcp >/dev/full 2>err && wrong "exit status 0"
		grep -q 'standard output' err || wrong "$(cat err)"
		verdict "a full disk"
	fi
}

# proves ARGUMENT...: with what -d prints as well.
proves() {
	run 0 --prove "$@"
	said 'proved in [0-9]+ ms'
	silent
	verdict "proved: $*"
	run 0 -d --prove "$@"
	bpfcap -d "$@" >listing 2>>wrong
	sed '$d' out | cmp -s - listing || wrong "the listing is another"
	tail -n 1 out | grep -qxE 'proved in [0-9]+ ms' || wrong "no proof behind the listing"
	silent
	verdict "-d, then the proof: $*"
}

test_prove() {
	proves -y EN10MB
	proves -y EN10MB 'tcp port 80'
	proves -O -y EN10MB 'tcp port 80 or udp port 53'
	proves -y EN10MB -s 96 'tcp[tcpflags] & (tcp-syn|tcp-ack) = tcp-syn'
	proves -y LINUX_SLL2 'host in {10.0.0.1, 10.0.0.2, 2001:db8::1} and not port 22'
	proves -y RAW 'icmp6 or ip[8] / ip[9] > 3'
	proves -y IEEE802_11 'type data and tcp port 80'
	proves -r "$here/../../pcaps/sll.pcap" 'arp or tcp'
	run 0 -v -y EN10MB --hook xdp --prove 'tcp port 80'
	for program in 'classic BPF' 'eBPF, XDP in place' 'eBPF, XDP by scratch'; do
		grep -qxE "bpfcap: $program: proved in [0-9]+ ms" err || wrong "it does not say so of $program: $(cat err)"
	done
	verdict "-v: which programs are proved"
	run 0 -y EN10MB --prove -ddd ip
	verdict "-ddd, then the proof"
}

# On an interface: tags and direction are metadata.  A packet that is written has its tag
# back.
test_interface() {
	[ -e /sys/class/net/lo ] || return
	proves -i lo 'vlan 7 and tcp port 80'
	proves -i lo 'inbound and not vlan'
	proves -i any 'tcp port 80 and outbound'
	run 1 -i lo --diff --witness w.pcap 'vlan and tcp' 'vlan 7 and tcp'
	said 'B implies A'
	grep -q 'VLAN tag 0x0000 taken off' out || wrong "the tag is not shown"
	matched 'vlan and tcp' 1
	matched 'vlan 7 and tcp' 0
	verdict "-i lo: a packet that has a tag"
	run 1 -i any --diff --witness w.pcap 'tcp port 80 and outbound' 'port 80 and outbound'
	said 'A implies B'
	matched 'tcp port 80 and outbound' 0
	matched 'port 80 and outbound' 1
	verdict "-i any: a packet with its cooked header"
	run 0 -i lo --diff inbound 'not outbound'
	said equal
	run 1 -i lo --diff inbound outbound
	said disjoint
	grep -q 'packet type 4 (outgoing)' out || wrong "the direction is not shown"
	verdict "-i lo: direction"
}

# A product of 32 bits, and the same by parts: no prover sees that they are equal.  With
# the usual limit of 60 s it is killed.
test_limit() {
	guard=40
	x='ip[4:4]'
	y='ip[12:4]'
	parts="($x & $y) * ($x | $y) + ($x & ($y ^ 0xffffffff)) * (($x ^ 0xffffffff) & $y)"
	run 1 -y EN10MB --prove-limit 1 --diff "$x * $y = 12345" "$parts = 12345"
	said 'not decided: .*limit.*'
	silent
	guard=300
	verdict "a limit is kept"
}

without_z3() {
	: >wrong
	for option in --prove --diff; do
		if [ $option = --diff ]; then set -- ip tcp; else set -- ip; fi
		run 1 -y EN10MB $option --witness w.pcap "$@"
		cat err >last
		grep -q 'built without Z3.*install libz3-dev' last || wrong "$option: $(cat last)"
		if [ -s out ] || [ -e w.pcap ]; then wrong "$option: there is an answer"; fi
		verdict "$option without Z3 says so, and how to get it"
	done
}

without_z3 >without
if grep -q '^ok 1' without; then
	cat without
	echo "ok 3 - proofs # SKIP this build has no Z3"
	echo "1..3"
	exit "$(grep -c '^not ok' without)"
fi
count=0
failed=0
test_prove
test_table
test_never
test_messages
test_files
test_interface
test_limit
echo "1..$count"
[ "$failed" -eq 0 ] || echo "# $failed of $count failed"
exit $((failed > 0))

#!/bin/sh
# probe.sh: --hooks: what it says as root, as nobody, and where there is but lo; that it is
# JSON; that it is true.  In: $builddir, or $BPFCAP.  Out: TAP.

tool=${BPFCAP:-${builddir:-.}/bpfcap}
work=$(mktemp -d) || exit 99
space=bpfcap-probe-$$
number=0
failed=0
[ -x "$tool" ] || { echo "probe.sh: $tool is not built" >&2; exit 99; }

clean_up() {
	ip netns del "$space" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 99' HUP INT TERM

# holds TITLE COMMAND...: it succeeds.
holds() {
	number=$((number + 1))
	title=$1
	shift
	if "$@"; then
		echo "ok $number - $title"
	else
		failed=$((failed + 1))
		echo "not ok $number - $title"
		sed 's/^/# /' "$work/out" "$work/err" | tail -n 20
	fi
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

# run COMMAND...: its output in $work/out and err, $status.
run() {
	timeout 60 "$@" >"$work/out" 2>"$work/err"
	status=$?
}

is() { [ "$1" = "$2" ]; }
says() { grep -q "$1" "$work/out"; }
silent() { [ ! -s "$work/err" ]; }

# answer NAME: yes, no or unknown, by the table of words: of equal names the last.
answer() {
	sed -n "s/^  $1  *\(yes\|no\|unknown\)\(  .*\)\{0,1\}$/\1/p" "$work/out" | tail -n 1
}

valid() {
	if command -v jq >/dev/null; then
		jq -e . <"$work/out" >/dev/null
	else
		python3 -m json.tool <"$work/out" >/dev/null
	fi
}
is_json() {
	if command -v jq >/dev/null || command -v python3 >/dev/null; then
		holds "$1" valid
	else
		skip "$1" "neither jq nor python3 is here"
	fi
}

# whoever asks
run "$tool" --hooks
holds "--hooks: status 0" is $status 0
holds "... and no messages" silent
for group in 'program types' helpers maps kernel rights hooks; do
	holds "... has $group" says "^$group:\$"
done
holds "... nothing of an interface" eval '! says ^interface:'
holds "... says what is taken" says '^--hook auto takes: .*; .'
cp "$work/out" "$work/words"
run "$tool" --probe
holds "--probe is the same" cmp -s "$work/words" "$work/out"
run "$tool" --hooks --json
holds "--json: status 0" is $status 0
is_json "... is JSON"
holds "... has no interface" says '^ "interface": null,$'
run "$tool" --hooks -i lo
holds "-i lo: status 0" is $status 0
holds "... no driver has xdp for it" is "$(answer 'native xdp')" no
run "$tool" --hooks -i lo --json
is_json "... is JSON"
run "$tool" --hooks -i any
holds "-i any: status 0" is $status 0
run "$tool" --hooks -i bpfcap-none
holds "no such interface: status 1" is $status 1
run "$tool" --json
holds "--json alone: status 2" is $status 2

finish() {
	echo "1..$number"
	[ $failed = 0 ]
	exit
}
if [ "$(id -u)" != 0 ]; then
	skip "as root" "this is not root"
	finish
fi

# as nobody, and with some capabilities
chmod 755 "$work"
real=$tool
[ -x "${tool%/*}/.libs/${tool##*/}" ] && real=${tool%/*}/.libs/${tool##*/}
cp "$real" "$work/bpfcap"
if command -v setpriv >/dev/null; then
	nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
	# shellcheck disable=SC2086  # a command and its options
	run $nobody "$work/bpfcap" --hooks -i lo
	holds "as nobody: status 0" is $status 0
	holds "... and no messages" silent
	holds "... the right is missing" is "$(answer CAP_BPF)" no
	for hook in socket tc tc-clsact xdp xdp-generic drop; do
		holds "... $hook does not work" is "$(answer $hook)" no
	done
	holds "... nothing does" says 'takes: nothing works here; .*packet sockets'
	# shellcheck disable=SC2086  # a command and its options
	run $nobody "$work/bpfcap" --hooks --json
	is_json "... is JSON"
	# shellcheck disable=SC2086  # a command and its options
	run $nobody --inh-caps=+net_raw --ambient-caps=+net_raw "$work/bpfcap" --hooks
	holds "with CAP_NET_RAW: the ring" says 'takes: classic BPF .*needs CAP_BPF'
else
	skip "as nobody" "setpriv (util-linux) is not here"
fi

# try_hook HOOK: a capture in the namespace, which ends when it listens, or by itself.
try_hook() {
	: >"$work/err"
	timeout 60 ip netns exec "$space" "$tool" -v -i lo --hook "$1" udp \
		>"$work/out" 2>"$work/err" &
	pid=$!
	until grep -q 'listening on' "$work/err" || ! kill -0 $pid 2>/dev/null; do
		sleep 0.05
	done
	kill -INT $pid 2>/dev/null
	wait $pid 2>/dev/null
}

# in a namespace that has but lo: what it promises is true
if ! ip netns add "$space" 2>/dev/null; then
	skip "in a network namespace" "there are none here"
	finish
fi
ip -n "$space" link set lo up
run ip netns exec "$space" "$tool" --hooks -i lo
holds "with lo only: status 0" is $status 0
holds "... says by what tc is attached" says '^  tc  *\(no  .*\|unknown  .*\|yes  *\(tcx links\|clsact: .*\)\)$'
[ "$(answer 'socket filter')" = yes ] || {
	skip "captures" "no eBPF here"
	finish
}
ip netns exec "$space" "$tool" --hooks -i lo >"$work/words"
for hook in socket tc tc-clsact xdp xdp-generic drop; do
	"$tool" --help | grep -q -- '--hook' || continue
	cp "$work/words" "$work/out"
	promised=$(answer $hook)
	try_hook $hook
	case $(cat "$work/err") in
	*'there is no hook'*) skip "$hook" "this build does not have it" ;;
	*'listening on'*) holds "$hook: it works, as promised" is "$promised" yes ;;
	*) holds "$hook: it does not work, as promised" is "$promised" no ;;
	esac
done
if command -v tc >/dev/null; then
	run ip netns exec "$space" tc qdisc show dev lo
	holds "nothing of its qdiscs is left" eval '! says clsact'
fi
holds "nothing of its programs is left" eval \
	'! bpftool link show 2>/dev/null | grep -q "name probe"'

# a driver with xdp, and a program that is there
if ip -n "$space" link add v0 type veth peer name v1 2>/dev/null; then
	run ip netns exec "$space" "$tool" --hooks -i v0
	holds "veth: its driver" says '^  driver  *yes  *veth$'
	holds "... has xdp" is "$(answer 'native xdp')" yes
	holds "... no program yet" is "$(answer 'an xdp program is there')" no
fi
finish

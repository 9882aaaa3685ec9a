#!/bin/sh
# One network learns all twenty tasks of Yang et al. (2019). Started again with the same directory, it
# goes on from its checkpoint, which is at most ten seconds old. The rate falls along -updates, 6000: to
# train for longer, say so from the beginning.
#
#	examples/train/yang20.sh [DIRECTORY [flags of examples/train]]
set -e
out=${1:-yang20}
[ $# -eq 0 ] || shift
case $out in
/*) ;;
*) out=$PWD/$out ;;
esac
cd "$(dirname "$0")/../.."
if [ -f "$out/checkpoint.json" ]; then
	set -- "$@" -resume "$out"
fi
exec go run ./examples/train -task yang -updates 6000 -out "$out" "$@"

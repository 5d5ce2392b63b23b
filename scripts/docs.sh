#!/usr/bin/env bash
# Makes the documentation of the libraries, with DocC, from what `make build-tests` has built: .build-docs/MODULE, to be served by
# any web server. A link that leads nowhere is an error.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/lib.sh

built=.build-tests/release
into=.build-docs
modules=(FOMMCore Motion Checkpoints Frames Capture Display)

has docc || die "no docc on PATH; it comes with Swift"
[ -d $built/Modules ] || die "nothing built yet: 'make build-tests' first"

# Modules of C that ours import, of the system's and of other packages.
maps=()
for map in "$built"/C*.build/module.modulemap Sources/C*/module.modulemap \
    .build-tests/checkouts/swift-system/Sources/CSystem/include/module.modulemap; do
    maps+=(-Xcc "-fmodule-map-file=$PWD/$map")
done
rm -rf $into
said=""
for module in "${modules[@]}"; do
    mkdir -p "$into/graphs/$module"
    swift-symbolgraph-extract -module-name "$module" -I $built/Modules -target "$(uname -m)-unknown-linux-gnu" "${maps[@]}" \
        -minimum-access-level public -skip-synthesized-members -output-dir "$into/graphs/$module"
    # It also says which parameters have no words of their own: those that need none.
    answer=$(docc convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$into/graphs/$module" \
        --output-path "$into/$module" --hosting-base-path "$module" 2>&1) || die "$answer"
    said+=$answer$'\n'
done
rm -rf $into/graphs
if links=$(grep -E "doesn't exist|can't be linked|is ambiguous" <<<"$said"); then die "links that lead nowhere:"$'\n'"$links"; fi
say "documentation of ${modules[*]}: $into"

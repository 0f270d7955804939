#!/usr/bin/env bash
# Prints the AWS CLI calls by which src/diagnose/catalog.yaml is renewed, one for each row. Changes nothing and calls
# nothing: look at the answers, change the rows, and set `date` to today. `cargo test --lib catalog` reads the table.
#
#   scripts/renew-catalog.sh [MINOR...]      such as 1.35 1.36; without, the minors of the table
set -euo pipefail
catalog=$(dirname "${BASH_SOURCE[0]}")/../src/diagnose/catalog.yaml

if [ $# -eq 0 ]; then
    # shellcheck disable=SC2046 # one word for each minor
    set -- $(grep -oE '^    "1\.[0-9]+"' "$catalog" | tr -d ' "' | sort -uV)
fi

echo "# coredns: the lines (first two numbers) of all versions that are listed."
for minor in "$@"; do
    echo "aws eks describe-addon-versions --addon-name coredns --kubernetes-version $minor" \
        "--query 'addons[].addonVersions[].addonVersion' --output text"
done
cat <<'TEXT'

# vpc-cni: the oldest recommended version stands in the user guide, not in the API:
# https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html
# What is listed at all is a floor below that.
TEXT
for minor in "$@"; do
    echo "aws eks describe-addon-versions --addon-name vpc-cni --kubernetes-version $minor" \
        "--query 'addons[].addonVersions[].addonVersion' --output text"
done

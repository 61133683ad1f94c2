# Runs one command on a node with OpenSSH's client, which notices a node that is gone:  sh -c THIS ssh-client COMMAND
# SSH_CONFIG and SSH_KNOWN_HOSTS are the texts of those files, SSH_NODE_KEY and SSH_BASTION_KEY private keys where no agent has them.
set -eu
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' HUP INT TERM
cd "$folder"
printf '%s\n' "$SSH_CONFIG" > config
printf '%s\n' "$SSH_KNOWN_HOSTS" > known_hosts
if [ -n "${SSH_NODE_KEY:-}" ]; then printf '%s\n' "$SSH_NODE_KEY" > node_key; fi
if [ -n "${SSH_BASTION_KEY:-}" ]; then printf '%s\n' "$SSH_BASTION_KEY" > bastion_key; fi
unset SSH_NODE_KEY SSH_BASTION_KEY
ssh -F config -T node "$1"

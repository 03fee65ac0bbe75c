zfs
destroy
k/u

zfs
destroy
k/b

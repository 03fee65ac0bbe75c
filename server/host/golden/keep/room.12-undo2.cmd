zfs
destroy
k2/v

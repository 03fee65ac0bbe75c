zfs
destroy
k/u@T

zfs
rollback
k/u@T

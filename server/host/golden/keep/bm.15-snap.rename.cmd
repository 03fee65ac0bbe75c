zfs
rename
k/b@T
k/b@T2

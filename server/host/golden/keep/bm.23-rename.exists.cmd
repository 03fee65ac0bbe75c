zfs
rename
k/b
k/s

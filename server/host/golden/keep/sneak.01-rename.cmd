zfs
rename
k/s
k/s.before

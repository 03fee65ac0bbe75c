zfs
rename
k2/v
k2/v.before

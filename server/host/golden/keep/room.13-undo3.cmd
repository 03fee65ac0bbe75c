zfs
rename
k2/v.before
k2/v

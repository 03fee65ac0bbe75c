zfs
rename
k2/dst
k2/dst.before

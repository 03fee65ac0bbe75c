zfs
rename
k/i.before
k/i

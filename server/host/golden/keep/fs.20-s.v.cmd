zfs
rename
k/p/f.after/v
k/p/f/v

zfs
rename
k/m.after/c
k/m/c

zfs
create
k/b/x

zfs
create
-s
-V
1G
k/b

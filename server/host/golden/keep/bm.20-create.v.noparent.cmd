zfs
create
-V
1G
-s
k/no/v

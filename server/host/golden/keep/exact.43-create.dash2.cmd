zfs
create
-o
mountpoint=none
--
k/-dash/-c

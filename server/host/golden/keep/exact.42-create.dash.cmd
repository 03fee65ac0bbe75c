zfs
create
--
k/-dash

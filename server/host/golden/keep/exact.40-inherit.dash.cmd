zfs
inherit
--
org.x:y
k/x

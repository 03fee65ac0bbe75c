zfs
bookmark
k/vm/d1.before#bm-old2
k/vm/d1#bm-old2

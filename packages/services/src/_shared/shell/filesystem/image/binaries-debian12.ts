/**
 * Programs of a Debian 12 server installation with their sizes, as the packages ship them. Entries: `name:size`, then an octal mode
 * where it is not 755 and the interpreter of scripts (s sh, b bash, p perl, y python); or `name>target` for links.
 */
export const BIN = `
xxd:18648 hexdump:51816 hd>hexdump column:51760 dig:184304 nslookup:180208 telnet:117424 openssl:976136 killall:32720 pstree:36640
fuser:40952 rsync:529824
[:68496 addpart:31040 apropos>whatis apt-cache:88456 apt-cdrom:22920 apt-config:26944 apt-get:51592 apt-key:27972:s apt-mark:59784
apt:18752 arch:43888 awk>/etc/alternatives/awk b2sum:60400 base32:48016 base64:48016 basename:43856 basenc:56208 bash:1265648
bashbug:6865:s bc:96968 bunzip2:39224 busctl:92672 busybox:772880 bzcat:39224 bzcmp>bzdiff bzdiff:2225:s bzegrep>bzgrep bzexe:4893:s
bzfgrep>bzgrep bzgrep:3775:s bzip2:39224 bzip2recover:14568 bzless>bzmore bzmore:1297:s captoinfo>tic cat:44016 catman:43792
chage:80376:2755 chattr:14584 chcon:68720 chfn:62672:4755 chgrp:68656 chmod:64496 choom:55616 chown:72752 chrt:67904 chsh:52880:4755
cksum:142384 clear:14584 clear_console:14488 cmp:52176 comm:48048 corelist:15375:p cp:151152 cpan:8360:p crontab:43648 csplit:122032
ctstat>lnstat curl:280800 cut:48112 cvtsudoers:345280 dash:125640 date:121904 dbus-cleanup-sockets:14560 dbus-monitor:26856
dbus-send:30944 dbus-update-activation-environment:14560 dbus-uuidgen:14560 dd:89240 deb-systemd-helper:24358:p deb-systemd-invoke:6241:p
debconf-apt-progress:11541:p debconf-communicate:608:p debconf-copydb:1719:p debconf-escape:647:p debconf-set-selections:2995:p
debconf-show:1827:p debconf:2859:p delpart:31040 df:102200 dh_bash-completion:4414 diff3:68752 diff:155216 dir:151344 dircolors:52144
dirname:39760 dmesg:88656 dnsdomainname>hostname domainname>hostname dpkg-deb:170512 dpkg-divert:158264 dpkg-maintscript-helper:21206:s
dpkg-query:162384 dpkg-realpath:4186:s dpkg-split:129520 dpkg-statoverride:63824 dpkg-trigger:88560 dpkg:318096 du:175440 echo:43856
editor>/etc/alternatives/editor egrep:41:s eject:84128 enc2xs:41947:p encguess:3069:p env:48536 envsubst:35136 eqn:210352 expand:43952
expiry:31184:2755 expr:117808 factor:85200 faillog:23072 fallocate:35136 false:35664 fgrep:41:s file:27120 fincore:35184 find:224848
findmnt:85600 flock:35216 fmt:48016 fold:43920 free:26936 funzip:23000 geqn>eqn getconf:27136 getent:36320 getopt:35136 gettext.sh:5188:s
gettext:35136 gpasswd:88496:4755 gpgv:474112 gpic>pic grep:203152 groff:128464 grog:2776:p grops:190320 grotty:140784 groups:43920
gtbl>tbl gunzip:2346:s gzexe:6447:s gzip:98136 h2ph:29227:p h2xs:60934:p hardlink:51600 head:48080 helpztags:2514:p host:117456
hostid:39760 hostname:22680 hostnamectl:31104 i386>setarch iconv:64648 id:48144 inetutils-telnet:190664 infocmp:63808 infotocap>tic
install:159544 instmodsh:4373:p ionice:35136 ip:691016 ipcmk:35200 ipcrm:35136 ipcs:76096 iptables-xml>../sbin/xtables-legacy-multi
ischroot:14664 join:56304 journalctl:76432 json_pp:4992:p kernel-install:13061:s kill:22840 kmod:178448 last:51520 lastb>last
lastlog:32512 lcf:7784:s ld.so>/lib64/ld-linux-x86-64.so.2 ldd:5407:b less:198960 lessecho:14584 lessfile>lesspipe lesskey:24200
lesspipe:9047:s lexgrog:110056 lft.db:2493 libnetcfg:15778:p link:39760 linux32>setarch linux64>setarch ln:72824 lnstat:27224 locale:47272
localectl:27008 localedef:298912 logger:56216 login:53024 loginctl:59888 logname:39760 ls:151344 lsattr:14584 lsb_release:2651:s
lsblk:207168 lscpu:129344 lsfd:123192 lsipc:100672 lsirq:35312 lslocks:72400 lslogins:96576 lsmem:67904 lsmod>kmod lsns:84288 lsof:179824
lspci:106536 lsusb:253000 lzmainfo:14648 man-recode:36232 man:124272 mandb:151152 manpath:35616 mawk:158376 mcookie:35200
md5sum.textutils>md5sum md5sum:52176 mesg:18744 mkdir:97552 mkfifo:68784 mknod:72912 mktemp:43952 more:59712 mount:59704:4755
mountpoint:18744 mv:142968 namei:35136 nano:287480 nawk>/etc/alternatives/nawk nc.traditional:34952 nc>/etc/alternatives/nc neqn:913:s
netcat>/etc/alternatives/netcat netstat:155304 networkctl:108936 newgrp:48896:4755 ngettext:35136 nice:43888 nisdomainname>hostname
nl:113776 nohup:43920 nproc:43920 nroff:3293:s nsenter:35368 nstat:106952 numfmt:68624 od:80912 pager>/etc/alternatives/pager partx:121152
passwd:68248:4755 paste:43920 pathchk:43888 perl5.36.0:3808560 perl:3808560 perlbug:45183:p perldoc:125:s perlivp:10867:p
perlthanks:45183:p pgrep:35248 pic:225552 piconv:8360:p pidof>/sbin/killall5 pidwait:35248 ping4>ping ping6>ping ping:90568 pinky:48176
pkill>pgrep pl2pm:4536:p pldd:23232 pmap:35160 pod2html:4137:p pod2man:15034:p pod2text:10803:p pod2usage:4107:p podchecker:3658:p
pr:81008 preconv:68024 printenv:35664 printf:64432 prlimit:39760 prove:13659:p ps:146360 ptar:3566:p ptardiff:2645:p ptargrep:4395:p
ptx:138480 pwd:43952 pwdx:14648 py3clean:7810:y py3compile:13308:y py3versions>../share/python3/py3versions.py python3.11:6831736
python3>python3.11 querybts:10894 rbash>bash rdma:184936 readlink:52112 realpath:52144 rename.ul:22840 renice:14648 report-hw:2112
reportbug:112750 reset>tset resizepart:72000 rev:14648 rgrep:30:s rm:72752 rmdir:56240 rnano>nano routel:1658:y rtstat>lnstat
run-parts:27560 runcon:43984 savelog:10487:s scp:273024 script:71992 scriptlive:55608 scriptreplay:47416 sdiff:56400 sed:126424
select-editor:2450:s sensible-browser:1290:s sensible-editor:1269:s sensible-pager:565:s seq:60336 setarch:27216 setpci:31040
setpriv:80192 setsid:14648 setterm:47424 sftp:289376 sg>newgrp sh>dash sha1sum:56272 sha224sum:60368 sha256sum:60368 sha384sum:64464
sha512sum:64464 shasum:9979:p shred:64656 shuf:60400 skill:31056 slabtop:22904 sleep:43888 slogin>ssh snice>skill soelim:51640 sort:118456
splain:19449:p split:60984 ss:193680 ssh-add:530880 ssh-agent:485760:2755 ssh-argv0:1455:s ssh-copy-id:12676:s ssh-keygen:661952
ssh-keyscan:637408 ssh:1129504 stat:97488 stdbuf:60336 streamzip:7941:p stty:85008 su:72000:4755 sudo:281624:4755 sudoedit>sudo
sudoreplay:118480 sum:52184 sync:39824 systemctl:1353368 systemd-analyze:186992 systemd-ask-password:18928 systemd-cat:18816
systemd-cgls:23016 systemd-cgtop:39320 systemd-creds:43632 systemd-cryptenroll:60008 systemd-delta:27008 systemd-detect-virt:18808
systemd-escape:18808 systemd-firstboot:51800 systemd-hwdb:129704 systemd-id128:22904 systemd-inhibit:22928 systemd-machine-id-setup:18928
systemd-mount:51808 systemd-notify:18816 systemd-path:18808 systemd-repart:154304 systemd-run:59976 systemd-socket-activate:27008
systemd-stdio-bridge:18816 systemd-sysext:43512 systemd-sysusers:64184 systemd-tmpfiles:113224 systemd-tty-ask-password-agent:35200
systemd-umount>systemd-mount systemd>/lib/systemd/systemd tabs:18672 tac:113712 tail:76944 tar:531984 tasksel:27461 taskset:63808
tbl:149944 tee:43984 tempfile:14520 test:60304 tic:92512 time:27384 timedatectl:43384 timeout:48632 tload:18760 tnftp:178960 toe:22768
top:134736 touch:109616 tput:26896 tr:56208 traceproto.db:2885 traceroute-nanog:1618 traceroute.db:72944 traceroute6.db>traceroute.db
troff:773968 true:35664 truncate:43920 tset:30968 tsort:56208 tty:35696 tzselect:15352:b ucf:41664:s ucfq:19367:p ucfr:11111:s
uclampset:63808 udevadm:1353288 umount:35128:4755 uname:43888 uncompress:2346:s unexpand:43952 uniq:48080 unlink:39760 unshare:84520
unxz>xz unzip:179248 unzipsfx:84848 update-alternatives:59712 uptime:14648 usb-devices:4453 usbhid-dump:31496 usbreset:14808 users:39824
utmpdump:31032 vdir:151344 vi>/etc/alternatives/vi view>/etc/alternatives/view vim.tiny:1629584 vmstat:35552 w:22840 wall:39224
watch:27352 wc:52280 wdctl:72024 wget:470384 whatis:52520 whereis:31504 which.debianutils:946:s which>/etc/alternatives/which who:60432
whoami:39792 x86_64>setarch xargs:72136 xsubpp:5167:p xz:84680 xzcat>xz xzcmp>xzdiff xzdiff:7422:s xzegrep>xzgrep xzfgrep>xzgrep
xzgrep:10333:s xzless:1813:s xzmore:2190:s yes:39760 ypdomainname>hostname zcat:1984:s zcmp:1678:s zdiff:6460:s zdump:23064 zegrep:29:s
zfgrep:29:s zforce:2081:s zgrep:8103:s zip:217360 zipcloak:94696 zipdetails:70193:p zipgrep:2959:s zipinfo:179248 zipnote:86176
zipsplit:90304 zless:2206:s zmore:1842:s znew:4577:s
`

export const SBIN = `
iptables>xtables-nft-multi iptables-save>xtables-nft-multi iptables-restore>xtables-nft-multi ip6tables>xtables-nft-multi
xtables-nft-multi:232168 fdisk:145376
accessdb:14808 add-shell:1053:s addgroup>adduser adduser:48382:p agetty:69112 arp:67720 arpd:106984
arptables-nft-restore>xtables-nft-multi arptables-nft-save>xtables-nft-multi arptables-nft>xtables-nft-multi badblocks:35072
biosdecode:27784 blkdiscard:35136 blkid:125280 blkzone:80192 blockdev:80192 bridge:156200 capsh:54568 chcpu:47416 chgpasswd:67880
chmem:67904 chpasswd:63856 chroot:48112 cpgr>cppw cppw:61880 cron:51776 ctrlaltdel:39224 dcb:148072 debugfs:239440 delgroup>deluser
deluser:16727:p depmod>/bin/kmod devlink:226280 dmidecode:130216 dpkg-fsys-usrunmess:17401:p dpkg-preconfigure:3925:p
dpkg-reconfigure:4485:p dumpe2fs:31040 e2freefrag:14648 e2fsck:356624 e2image:55760 e2label>tune2fs e2mmpstatus>dumpe2fs e2scrub:7294:b
e2scrub_all:5394:b e2undo:22840 e4crypt:26936 e4defrag:30960 ebtables-nft-restore>xtables-nft-multi ebtables-nft-save>xtables-nft-multi
ebtables-nft>xtables-nft-multi ebtables-translate>xtables-nft-multi faillock:14584 filefrag:18696 findfs:14648 fsck.cramfs:43384
fsck.ext2>e2fsck fsck.ext3>e2fsck fsck.ext4>e2fsck fsck.minix:125272 fsck:55664 fsfreeze:14648 fstab-decode:14576 fstrim:76096 genl:119304
getcap:14576 getpcaps:14576 getty>agetty groupadd:101416 groupdel:88936 groupmems:67920 groupmod:101384 grpck:67888 grpconv:59536
grpunconv:59536 halt>/bin/systemctl hwclock:88512 iconvconfig:31584 ifconfig:83976 init>/lib/systemd/systemd insmod>/bin/kmod
installkernel:2659:s invoke-rc.d:16517:s ip6tables-apply>iptables-apply ip6tables-legacy-restore>xtables-legacy-multi
ip6tables-legacy-save>xtables-legacy-multi ip6tables-legacy>xtables-legacy-multi ip6tables-nft-restore>xtables-nft-multi
ip6tables-nft-save>xtables-nft-multi ip6tables-nft>xtables-nft-multi ip6tables-restore-translate>xtables-nft-multi
ip6tables-translate>xtables-nft-multi ip>/bin/ip ipmaddr:19008 iptables-apply:7037 iptables-legacy-restore>xtables-legacy-multi
iptables-legacy-save>xtables-legacy-multi iptables-legacy>xtables-legacy-multi iptables-nft-restore>xtables-nft-multi
iptables-nft-save>xtables-nft-multi iptables-nft>xtables-nft-multi iptables-restore-translate>xtables-nft-multi
iptables-translate>xtables-nft-multi iptunnel:27192 isosize:31040 killall5:26944 ldattach:35136 ldconfig:982880 locale-gen:1411:s
logrotate:100520 losetup:117168 lsmod>/bin/kmod mii-tool:27728 mke2fs:141904 mkfs.bfs:35136 mkfs.cramfs:43256 mkfs.ext2>mke2fs
mkfs.ext3>mke2fs mkfs.ext4>mke2fs mkfs.minix:112968 mkfs:14648 mkhomedir_helper:22800 mklost+found:14576 mkswap:117056 modinfo>/bin/kmod
modprobe>/bin/kmod nameif:15000 newusers:105392 nfnl_osf:18664 nologin:14568 ownership:14720 pam-auth-update:21288:p pam_getenv:2890:p
pam_namespace_helper:467:s pam_timestamp_check:14584 pivot_root:14648 plipconfig:14824 poweroff>/bin/systemctl pwck:59656 pwconv:55432
pwhistory_helper:18680 pwunconv:55472 rarp:38024 readprofile:35168 reboot>/bin/systemctl remove-shell:1111:s resize2fs:63800
rmmod>/bin/kmod rmt-tar:60432 route:70832 rsyslogd:749352 rtacct:45432 rtcwake:47424 rtmon:115144 runlevel>/bin/systemctl runuser:72000
service:9099:s setcap:14576 shadowconfig:2273:s shutdown>/bin/systemctl slattach:42184 sshd:1265432 start-stop-daemon:44464
sudo_logsrvd:250440 sudo_sendlog:155048 sulogin:55616 swaplabel:18744 swapoff:22840 swapon:51512 switch_root:18744 sysctl:31040
tarcat:936:s tc:587776 tcptraceroute.db:1594 telinit>/bin/systemctl tipc:156264 tune2fs:117264 unix_chkpwd:39160:2755 unix_update:39160
update-ca-certificates:5418:s update-locale:3063:p update-passwd:39416 update-pciids:1753 update-rc.d:17742:p update-shells:3984:s
useradd:159536 userdel:113608 usermod:147056 validlocale:1773:p vdpa:119464 vigr>vipw vipw:74384 visudo:262784 vpddecode:14856
wipefs:47424 xtables-legacy-multi:91112 xtables-monitor>xtables-nft-multi xtables-nft-multi:228512 zic:60136 zramctl:117168
`

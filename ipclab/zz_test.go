package ipclab_test
import ("testing";"os";"fmt";"ipclab/ipclab";"path/filepath";"strings")
func TestZZ(t *testing.T){
	path := filepath.Join(t.TempDir(), "door")
	door, err := ipclab.DoorCreate(func(_ any, a []byte, _ []ipclab.DoorDesc){ fmt.Fprintln(os.Stderr,"called",a); ipclab.DoorReturn([]byte(strings.ToUpper(string(a)))) }, nil, 0)
	fmt.Fprintln(os.Stderr, door, err, ipclab.DoorAttach(door,path))
	a := ipclab.DoorArg{Data: []byte("abc")}
	fmt.Fprintln(os.Stderr, ipclab.DoorCall(door,&a), string(a.Data))
	c, _ := ipclab.Spawn(func(){
		d, err := ipclab.DoorOpen(path)
		fmt.Fprintln(os.Stderr, d, err)
		a := ipclab.DoorArg{Data: []byte("abc")}
		fmt.Fprintln(os.Stderr, ipclab.DoorCall(d,&a), string(a.Data))
	})
	fmt.Println(c.Wait())
	fmt.Fprintln(os.Stderr, ipclab.DoorDetach(path), ipclab.DoorRevoke(door))
}

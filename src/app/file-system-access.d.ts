/** The parts of the File System Access API that only Chromium has, and TypeScript therefore has not. */

interface FileSystemHandle {
  queryPermission(wanted: { mode: 'read' | 'readwrite' }): Promise<PermissionState>
  requestPermission(wanted: { mode: 'read' | 'readwrite' }): Promise<PermissionState>
}

interface DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
}

interface Window {
  showDirectoryPicker?(options: { id?: string; mode: 'read' | 'readwrite' }): Promise<FileSystemDirectoryHandle>
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>
}

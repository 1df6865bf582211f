await Notes.NotesApp.Build(args).RunAsync();

using UserManagement.Host.Verbs;

return await CommandLine.RunAsync(args, Console.Out, Console.Error);

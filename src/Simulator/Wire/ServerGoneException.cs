namespace UserManagement.Simulator.Wire;

/// <summary>The server has not answered for so long that going on is pointless; the run ends and reports what it has.</summary>
public sealed class ServerGoneException : Exception
{
    /// <summary>With a sentence for the report.</summary>
    /// <param name="message">What was tried and for how long.</param>
    public ServerGoneException(string message)
        : base(message) { }

    /// <summary>Without a sentence.</summary>
    public ServerGoneException() { }

    /// <summary>With the fault that was met last.</summary>
    /// <param name="message">What was tried and for how long.</param>
    /// <param name="innerException">The last fault.</param>
    public ServerGoneException(string message, Exception innerException)
        : base(message, innerException) { }
}

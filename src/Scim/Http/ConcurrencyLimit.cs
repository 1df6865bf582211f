namespace UserManagement.Scim.Http;

/// <summary>So many requests are at work at once, so many more wait for their turn, and who comes then is sent away.</summary>
/// <param name="atWork">The most at work.</param>
/// <param name="waiting">The most who wait.</param>
internal sealed class ConcurrencyLimit(int atWork, int waiting) : IDisposable
{
    private readonly SemaphoreSlim _free = new(atWork);
    private int _waiting;

    /// <summary>Waits for a turn. False when too many wait already; else <see cref="Leave"/> gives it back.</summary>
    public async Task<bool> EnterAsync(CancellationToken ct)
    {
        if (_free.Wait(0, CancellationToken.None))
        {
            return true;
        }

        if (Interlocked.Increment(ref _waiting) > waiting)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        try
        {
            await _free.WaitAsync(ct);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Gives a turn back.</summary>
    public void Leave() => _free.Release();

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace UserManagement.Testing;

/// <summary>
/// Waits for what comes by itself: looks again and again until it is there. How long that takes decides nothing; only what does
/// not come within a minute fails, which no busy machine needs.
/// <code>await Until.TrueAsync(() => server.Mails.Count == 2);</code>
/// </summary>
public static class Until
{
    /// <summary>How long is waited, in real time.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until it holds.</summary>
    /// <param name="look">What should come to hold; it must not disturb.</param>
    /// <param name="what">What is waited for, as the failure tells it; the expression when not given.</param>
    public static Task TrueAsync(Func<bool> look, [CallerArgumentExpression(nameof(look))] string what = "") =>
        TrueAsync(() => Task.FromResult(look()), what);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string)"/>
    public static async Task TrueAsync(Func<Task<bool>> look, [CallerArgumentExpression(nameof(look))] string what = "") =>
        await FoundAsync(async () => await look() ? what : null, what);

    /// <summary>Waits until there is one.</summary>
    /// <param name="look">Looks for it; null while it is not there.</param>
    /// <param name="what">What is waited for, as the failure tells it; the expression when not given.</param>
    public static Task<T> FoundAsync<T>(Func<T?> look, [CallerArgumentExpression(nameof(look))] string what = "")
        where T : class => FoundAsync(() => Task.FromResult(look()), what);

    /// <inheritdoc cref="FoundAsync{T}(Func{T}, string)"/>
    public static async Task<T> FoundAsync<T>(Func<Task<T?>> look, [CallerArgumentExpression(nameof(look))] string what = "")
        where T : class
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(Pause, TestContext.Current.CancellationToken))
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (clock.Elapsed > Longest)
            {
                throw new TimeoutException("It never came to this: " + what);
            }
        }
    }
}

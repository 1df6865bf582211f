using System.Diagnostics.CodeAnalysis;

namespace UserManagement.Scim.Protocol;

/// <summary>
/// Either a value or the refusal. Functions that read what a client sent give one of these; both convert implicitly,
/// so that <c>return ScimError.InvalidPath(...)</c> and <c>return path</c> read the same.
/// </summary>
/// <typeparam name="T">What a well-formed input turns into.</typeparam>
public readonly struct ScimResult<T>
    where T : class
{
    private ScimResult(T? value, ScimError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The value, or null when refused.</summary>
    public T? Value { get; }

    /// <summary>The refusal, or null when all is well.</summary>
    public ScimError? Error { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null && Value is not null;

    /// <summary>Takes the result apart: true with the value, false with the refusal.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ScimError? error)
    {
        value = Value;
        error = Error;
        return IsOk;
    }

    /// <summary>A value is a good result.</summary>
    public static implicit operator ScimResult<T>(T value) => new(value, null);

    /// <summary>An error is a refused result.</summary>
    public static implicit operator ScimResult<T>(ScimError error) => new(null, error);
}

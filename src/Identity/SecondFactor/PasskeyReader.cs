using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Accounts.Factors;

namespace UserManagement.Identity.SecondFactor;

/// <summary>
/// Reads what a browser's authenticator answered, by Web Authentication Level 3: the checks of sections 7.1 and 7.2 that
/// need no stored key. Anything may be in it; what does not hold is null, never an exception. Attestation is not asked
/// for, so nothing is believed of the maker.
/// </summary>
internal static class PasskeyReader
{
    private const int LongestAnswer = 16 * 1024;
    private const int LongestId = 1023;

    [Flags]
    private enum Flag : byte
    {
        Present = 1,
        Verified = 4,
        BackupEligible = 8,
        BackedUp = 16,
        HasCredential = 64,
    }

    private sealed record Posted(
        string? Id,
        string? ClientDataJSON,
        string? AttestationObject,
        string? AuthenticatorData,
        string? Signature,
        string? UserHandle
    );

    private sealed record ClientData(string? Type, string? Challenge, string? Origin, bool? CrossOrigin, string? TopOrigin);

    /// <summary>An answer to a challenge (section 7.2, steps 7 to 20).</summary>
    public static PasskeyAnswer? Answer(string text, PasskeyParty party, string challenge, PasskeyChallenge spent) =>
        Guarded(() =>
        {
            var posted = Read(text);
            var client = Bytes(posted.ClientDataJSON);
            var data = Bytes(posted.AuthenticatorData);
            return IsClient(client, "webauthn.get", party, challenge) && IsFor(data, party) && Id(posted) is { } id
                ? new PasskeyAnswer
                {
                    CredentialId = id,
                    UserHandle = posted.UserHandle is { Length: > 0 } handle ? Bytes(handle) : null,
                    SignedData = [.. data, .. SHA256.HashData(client)],
                    Signature = Bytes(posted.Signature),
                    SignCount = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(33)),
                    BackedUp = Flags(data).HasFlag(Flag.BackedUp),
                    Challenge = spent,
                }
                : null;
        });

    /// <summary>A new passkey (section 7.1, steps 6 to 20).</summary>
    public static NewPasskey? Made(string text, PasskeyParty party, string challenge, PasskeyChallenge spent) =>
        Guarded(() =>
        {
            var posted = Read(text);
            var data = AuthenticatorData(Bytes(posted.AttestationObject));
            if (
                !IsClient(Bytes(posted.ClientDataJSON), "webauthn.create", party, challenge)
                || !IsFor(data, party)
                || !Flags(data).HasFlag(Flag.HasCredential)
            )
            {
                return null;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(53));
            var id = data[55..(55 + length)];
            if (length is 0 or > LongestId || Id(posted) is not { } named || !named.AsSpan().SequenceEqual(id))
            {
                return null;
            }

            var (algorithm, key) = PublicKey(data.AsMemory(55 + length));
            return new NewPasskey
            {
                CredentialId = id,
                PublicKey = key,
                Algorithm = algorithm,
                SignCount = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(33)),
                BackedUp = Flags(data).HasFlag(Flag.BackedUp),
                Challenge = spent,
            };
        });

    private static T? Guarded<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception fault)
            when (fault
                    is JsonException
                        or FormatException
                        or CborContentException
                        or CryptographicException
                        or InvalidOperationException
                        or ArgumentException
                        or IndexOutOfRangeException
                        or OverflowException
            )
        {
            return null;
        }
    }

    private static Posted Read(string text) =>
        (text.Length is > 0 and <= LongestAnswer ? JsonSerializer.Deserialize<Posted>(text, JsonSerializerOptions.Web) : null)
        ?? throw new FormatException();

    private static byte[] Bytes(string? text) => Base64Url.DecodeFromChars(text ?? "");

    private static byte[]? Id(Posted posted) => Bytes(posted.Id) is { Length: > 0 and <= LongestId } id ? id : null;

    private static bool IsClient(byte[] json, string type, PasskeyParty party, string challenge)
    {
        var client = JsonSerializer.Deserialize<ClientData>(json, JsonSerializerOptions.Web);
        return client is { CrossOrigin: null or false, TopOrigin: null }
            && client.Type == type
            && client.Origin == party.Origin
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(client.Challenge ?? ""), Encoding.UTF8.GetBytes(challenge));
    }

    /// <summary>Made for us, with the person there and verified by the authenticator.</summary>
    private static bool IsFor(byte[] data, PasskeyParty party) =>
        data.Length >= 37
        && data.AsSpan(0, 32).SequenceEqual(SHA256.HashData(Encoding.UTF8.GetBytes(party.Id)))
        && Flags(data).HasFlag(Flag.Present | Flag.Verified)
        && (Flags(data).HasFlag(Flag.BackupEligible) || !Flags(data).HasFlag(Flag.BackedUp));

    private static Flag Flags(byte[] data) => (Flag)data[32];

    private static byte[] AuthenticatorData(byte[] attestation)
    {
        var reader = new CborReader(attestation, CborConformanceMode.Strict);
        byte[]? data = null;
        for (var left = reader.ReadStartMap() ?? throw new FormatException(); left > 0; left--)
        {
            if (reader.ReadTextString() == "authData")
            {
                data = reader.ReadByteString();
            }
            else
            {
                reader.SkipValue();
            }
        }

        return data ?? throw new FormatException();
    }

    /// <summary>A COSE key (RFC 9053 sections 2.1 and 7.1, RFC 8230 section 4) as SubjectPublicKeyInfo.</summary>
    private static (int Algorithm, byte[] Key) PublicKey(ReadOnlyMemory<byte> cose)
    {
        var reader = new CborReader(cose, CborConformanceMode.Lax, allowMultipleRootLevelValues: true);
        var (numbers, bytes) = (new Dictionary<long, long>(), new Dictionary<long, byte[]>());
        for (var left = reader.ReadStartMap() ?? throw new FormatException(); left > 0; left--)
        {
            var label = reader.ReadInt64();
            switch (reader.PeekState())
            {
                case CborReaderState.ByteString:
                    bytes[label] = reader.ReadByteString();
                    break;
                case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                    numbers[label] = reader.ReadInt64();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }

        long? Number(long label) => numbers.TryGetValue(label, out var number) ? number : null;
        byte[] Part(long label) => bytes.TryGetValue(label, out var part) ? part : throw new FormatException();
        switch (Number(1), Number(3))
        {
            case (2, -7) when Number(-1) == 1:
                using (
                    var ec = ECDsa.Create(
                        new ECParameters
                        {
                            Curve = ECCurve.NamedCurves.nistP256,
                            Q = new() { X = Part(-2), Y = Part(-3) },
                        }
                    )
                )
                {
                    return (-7, ec.ExportSubjectPublicKeyInfo());
                }

            case (3, -257) when Part(-1).Length is >= 256 and <= 1024:
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Part(-1), Exponent = Part(-2) }))
                {
                    return (-257, rsa.ExportSubjectPublicKeyInfo());
                }

            default:
                throw new FormatException();
        }
    }
}
